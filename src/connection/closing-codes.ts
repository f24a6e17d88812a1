/** The closing codes of WebSocket. RFC 6455, section 7.4.1. */

/** Closing codes that are a goodbye: normal, going away, none given. */
const GOODBYES: readonly number[] = [1000, 1001, 1005];

/** What the other closing codes say, where they say something. */
const CLOSING_CODES: Record<number, string> = {
  1002: "the peer found a fault in our WebSocket frames",
  1003: "the peer takes no binary messages: it speaks no ZWS",
  1006: "without a closing frame: the network or the peer's process broke off, or the server refused the upgrade",
  1008: "the peer's policy forbids it",
  1009: "a frame was too large for the peer",
  1011: "the peer failed",
};

/** Whether a WebSocket that closes with this code has ended in order. */
export function isGoodbye(code: number): boolean {
  return GOODBYES.includes(code);
}

/** Why it has ended otherwise, in words. */
export function closingReason(code: number): string {
  return CLOSING_CODES[code] ?? "for a reason of its own";
}
