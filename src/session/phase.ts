/** Where a session stands: Greeting → Handshake → Active, and over. RFC 37, "Overall Behavior". */
import type { ZmtpError } from "../error.js";
import type { GreetingReader } from "./greeting-reader.js";
import type { HandshakeInProgress } from "./handshake.js";
import type { Traffic } from "./mechanism.js";
import type { Outgoing } from "./outgoing.js";
import type { LocalInfo, PeerInfo } from "./peer.js";

/** How far the two peers have come. */
export type SessionState = "greeting" | "handshake" | "active";

/** @internal */
export interface InGreeting {
  readonly at: "greeting";
  readonly reader: GreetingReader;
  readonly local: LocalInfo;
  /** What `reserve` has lent meanwhile. */
  lent: Uint8Array | undefined;
}

/** @internal */
export interface InHandshake {
  readonly at: "handshake";
  readonly handshake: HandshakeInProgress;
}

/** @internal */
export interface Active {
  readonly at: "active";
  readonly peer: PeerInfo;
  readonly traffic: Traffic | undefined;
  /** Made when first needed. */
  outgoing: Outgoing | undefined;
}

/** @internal */
export interface Over {
  readonly at: "over";
  readonly state: SessionState;
  readonly peer: PeerInfo | undefined;
  readonly error: ZmtpError;
}

/** @internal Where a session stands, and what it knows there. */
export type Phase = InGreeting | InHandshake | Active | Over;

/** @internal The first `length` octets of what `reserve` lent in the greeting. After this nothing is lent any more. */
export function lentOctets(phase: InGreeting, length: number): Uint8Array {
  const { lent } = phase;
  phase.lent = undefined;
  if (lent === undefined) throw new Error("commit() without reserve()");
  if (length >= 0 && length <= lent.length) return lent.subarray(0, length);
  throw new RangeError(`cannot commit ${length} octets of ${lent.length}`);
}
