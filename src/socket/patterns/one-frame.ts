/** The rule of the newer socket types: a message is one frame. RFC 41, 48, 49. */
import type { Message } from "../../codec/payload.js";
import { fault } from "../errno.js";

/** Throws EINVAL for a message of several frames. */
export function refuseParts(message: Message): void {
  if (typeof message !== "string" && !(message instanceof Uint8Array) && message.length > 1) throw fault("EINVAL");
}
