/** What a decoded stream looks like: entries, made of fields. */
import type { ZmtpError } from "../error.js";
import type { Side } from "./recording.js";

export type { Side };

/** Octets with one meaning. Offsets count from the first octet that the side sent. */
export interface Field {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly value: string;
  readonly meaning: string;
  readonly section: string;
}

/** One frame of a message. */
export interface FramePart {
  readonly start: number;
  readonly end: number;
  /** Octets of its payload. */
  readonly length: number;
  readonly more: boolean;
  /** The first octets of its payload. */
  readonly preview: Uint8Array;
}

/** One thing that a side said. */
export interface Entry {
  readonly side: Side;
  readonly time?: number | undefined;
  readonly start: number;
  readonly end: number;
  readonly kind: "greeting" | "command" | "message" | "gap" | "fault" | "end";
  readonly title: string;
  readonly section: string;
  /** Of a command: READY, PING, SUBSCRIBE, … */
  readonly name?: string | undefined;
  /** Of a message: its frames, the first 1024 at most; the title says how many there are. */
  readonly frames?: readonly FramePart[] | undefined;
  readonly fields: readonly Field[];
  readonly error?: ZmtpError | undefined;
}

/**
 * Which framing the octets have. "zmtp": ZMTP's stream. "zws": ZWS's messages, of which one call brings exactly one.
 * "stream": what TCP carries, of which it is not known yet which of the two it is: ZMTP, or a WebSocket from its
 * upgrade on, with HTTP's heads and WebSocket's headers.
 */
export type Framing = "zmtp" | "zws" | "stream";

/** Octets of a payload that an entry keeps. */
export const PREVIEW = 64;
