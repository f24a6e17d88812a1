/** What it means that a peer closed: too early, or inside something. RFC 37, "Error Handling". */
import { AS_SERVER_AT } from "../codec/greeting-layout.js";
import { ZmtpError } from "../error.js";

const OTHER_MECHANISM =
  "Is PLAIN or CURVE on at the peer? libzmq closes without a word, and often before it has named its own mechanism, " +
  "when ours is another.";

const OLD_PEER =
  "A ZMTP 2.0 peer (JeroMQ 0.3, Debian's libjeromq-java) hangs up here too, when it meets our version: update it to " +
  "ZMTP 3.";

const NO_PEER = "A proxy or a port mapping without a ZeroMQ peer behind it does the same.";

/** How far a session had come when its peer closed. */
export interface HowFar {
  readonly state: "greeting" | "handshake" | "active";
  /** Octets of the greeting that have come. */
  readonly greeting: number;
  /** Where in the stream the peer closed. */
  readonly offset: number;
  /** Whether octets of an unfinished frame wait. */
  readonly insideFrame: boolean;
  /** Whether the last frame had MORE. */
  readonly insideMessage: boolean;
  /** What the mechanism makes of an end during its handshake. */
  readonly hint?: string | undefined;
}

/** Why that end was too early; undefined if it was not. */
export function prematureEnd(howFar: HowFar): ZmtpError | undefined {
  const { state, greeting, offset, insideFrame, insideMessage, hint } = howFar;
  if (state === "greeting") return closedInGreeting(greeting);
  if (state === "handshake") {
    return new ZmtpError("PEER_CLOSED", "The peer took our greeting and closed before the handshake was over", {
      offset,
      hint,
    });
  }
  if (insideFrame) return new ZmtpError("TRUNCATED", "The peer closed inside a frame", { offset });
  if (insideMessage) {
    return new ZmtpError("TRUNCATED", "The peer closed inside a message: its last frame has MORE", { offset });
  }
  return undefined;
}

function closedInGreeting(received: number): ZmtpError {
  const [what, hint] = closedAt(received);
  return new ZmtpError("PEER_CLOSED", `The peer closed after ${received} octets of its greeting: ${what}`, {
    offset: received,
    hint,
  });
}

function closedAt(received: number): [what: string, hint: string] {
  if (received === 0) return ["it never spoke", `${OTHER_MECHANISM} ${OLD_PEER} ${NO_PEER}`];
  // From as-server on the peer's mechanism has come whole. Another one than ours would have been refused before this.
  if (received < AS_SERVER_AT) return ["it did not like ours", `${OTHER_MECHANISM} ${OLD_PEER}`];
  return [
    "its mechanism is ours, so that is not why",
    "The peer's process ended or broke off in the middle of its greeting: its log tells more.",
  ];
}
