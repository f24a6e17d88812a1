/** Two sessions that talk to each other in memory. */
import type { SessionEvent, ZmtpSession } from "../../src/index.js";

export interface Conversation {
  /** What each has reported. */
  readonly a: SessionEvent[];
  readonly b: SessionEvent[];
  /** Each run of octets that was delivered, and to whom. */
  readonly wire: { readonly to: ZmtpSession; readonly octets: Uint8Array }[];
}

/**
 * Delivers to and fro what both have to say until neither has more.
 *
 * @param alter - What arrives in place of the `i`th delivery.
 */
export function converse(
  a: ZmtpSession,
  b: ZmtpSession,
  alter: (octets: Uint8Array, i: number, to: ZmtpSession) => Uint8Array = (octets) => octets,
): Conversation {
  const conversation: Conversation = { a: [], b: [], wire: [] };
  const waiting: { to: ZmtpSession; octets: Uint8Array }[] = [
    { to: b, octets: a.start() },
    { to: a, octets: b.start() },
  ];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { to } = next;
    const octets = alter(next.octets, conversation.wire.length, to);
    conversation.wire.push({ to, octets });
    for (const event of to.receive(octets)) {
      (to === a ? conversation.a : conversation.b).push(event);
      if (event.type === "SendBytes") waiting.push({ to: to === a ? b : a, octets: event.bytes });
    }
  }
  return conversation;
}
