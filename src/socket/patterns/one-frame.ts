/** The rule of the newer socket types: a message is one frame. RFC 41, 48, 49. */

import { fault } from "../errno.js";
import type { SentMessage } from "../message.js";

/** Throws EINVAL for a message of several frames. */
export function refuseParts(message: SentMessage): void {
  if (typeof message !== "string" && !(message instanceof Uint8Array) && message.length > 1) throw fault("EINVAL");
}
