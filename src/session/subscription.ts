/**
 * SUBSCRIBE and CANCEL: commands since ZMTP 3.1, messages before. RFC 37 and RFC 23, "The Publish-Subscribe Pattern". A
 * libzmq XSUB sends messages to peers of every version.
 */
import { type FrameBatch, ownedFrame } from "../codec/batch.js";
import type { Frame } from "../codec/frame.js";
import { ZmtpError } from "../error.js";
import { commandBody } from "./command.js";
import type { SessionBatchEvent } from "./event.js";
import type { Version } from "./greeting.js";
import { isSubscriber, type SocketType } from "./socket-type.js";

export type Subscription = "SUBSCRIBE" | "CANCEL";

/** The first octet of the message that carries it in ZMTP 3.0. */
const OCTET: Record<Subscription, number> = { SUBSCRIBE: 1, CANCEL: 0 };
const BY_OCTET: readonly Subscription[] = ["CANCEL", "SUBSCRIBE"];

/** Whether a peer of this version knows the commands. */
function knowsCommands({ major, minor }: Version): boolean {
  return major > 3 || minor > 0;
}

/** Throws a {@link ZmtpError} NOT_A_SUBSCRIBER for a socket type that has no subscriptions. */
export function checkSubscriber(type: SocketType): void {
  if (!isSubscriber(type)) throw new ZmtpError("NOT_A_SUBSCRIBER", `A ${type} has no subscriptions`);
}

/** A subscription as a peer of this version understands it. */
export function subscriptionFrame(kind: Subscription, prefix: Uint8Array, version: Version): Frame {
  if (knowsCommands(version)) return { payload: commandBody(kind, prefix), more: false, command: true };
  const message = new Uint8Array(1 + prefix.length);
  message[0] = OCTET[kind];
  message.set(prefix, 1);
  return { payload: message, more: false, command: false };
}

/** Which subscription a message to a publisher is, if it is one. */
export function subscriptionIn(payload: Uint8Array): Subscription | undefined {
  return payload.length > 0 ? BY_OCTET[payload[0]] : undefined;
}

/**
 * What a publisher reads in a run of messages; undefined if there is no subscription in it. Only a message of one frame
 * is one. `insideMessage`: the run begins behind a frame with MORE.
 */
export function subscriptionsIn(batch: FrameBatch, insideMessage: boolean): SessionBatchEvent[] | undefined {
  if (!holdsSubscription(batch, insideMessage)) return undefined;
  let inside = insideMessage;
  return Array.from(batch, ({ payload, more }) => {
    const kind = inside || more ? undefined : subscriptionIn(payload);
    inside = more;
    if (kind !== undefined) return { type: "Command", name: kind, data: payload.slice(1) };
    return { type: "Frames", batch: ownedFrame(payload.slice(), more, false) };
  });
}

function holdsSubscription(batch: FrameBatch, insideMessage: boolean): boolean {
  let inside = insideMessage;
  const { bytes } = batch;
  for (let i = 0; i < batch.length; i++) {
    const more = batch.more(i);
    if (!inside && !more && batch.end(i) > batch.start(i) && bytes[batch.start(i)] <= 1) return true;
    inside = more;
  }
  return false;
}
