/**
 * SUBSCRIBE and CANCEL: commands since ZMTP 3.1, messages before. RFC 37 and RFC 23, "The Publish-Subscribe Pattern". A libzmq XSUB
 * sends messages to peers of every version.
 */
import type { Frame } from "../codec/frame.js";
import { octets, type Payload } from "../codec/payload.js";
import { commandBody } from "./command.js";
import type { Version } from "./greeting.js";

export type Subscription = "SUBSCRIBE" | "CANCEL";

/** The first octet of the message that carries it in ZMTP 3.0. */
const OCTET: Record<Subscription, number> = { SUBSCRIBE: 1, CANCEL: 0 };
const BY_OCTET: readonly Subscription[] = ["CANCEL", "SUBSCRIBE"];

/** Whether a peer of this version knows the commands. */
function knowsCommands({ major, minor }: Version): boolean {
  return major > 3 || minor > 0;
}

/** A subscription as a peer of this version understands it. */
export function subscriptionFrame(kind: Subscription, prefix: Payload, version: Version): Frame {
  const bytes = octets(prefix);
  if (knowsCommands(version)) return { payload: commandBody(kind, bytes), more: false, command: true };
  const message = new Uint8Array(1 + bytes.length);
  message[0] = OCTET[kind];
  message.set(bytes, 1);
  return { payload: message, more: false, command: false };
}

/** Which subscription a message to a publisher is, if it is one. */
export function subscriptionIn(payload: Uint8Array): Subscription | undefined {
  return payload.length > 0 ? BY_OCTET[payload[0]] : undefined;
}
