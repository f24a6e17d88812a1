/**
 * The seam between a connection and whatever moves its octets: a socket, streams, a WebSocket, one of your own.
 *
 * | The connection calls | when, and what follows |
 * |---|---|
 * | `write(chunks)` | from `attached` on; never after `finish` or `destroy`. Each octet is counted by one `sent` |
 * | `pause()`, `resume()` | at any time while attached; what was read already may still be told |
 * | `finish()` | once, after the last `write`: say goodbye behind what is left, read on, later tell `gone` |
 * | `destroy()` | at any time, also before `attached`, also twice; `gone` follows, at once or soon |
 *
 * | The transport tells | when |
 * |---|---|
 * | `attached(transport)` | first, once: the peer has been reached. `write` may be called from inside it |
 * | `received`, `receivedOwned`, `receivedFrame`, `refused` | after `attached`, before `ended` and `gone` |
 * | `sent(octets)` | the system has taken so many more of the octets written; in all as many as were written |
 * | `ended()` | once at most: the peer has said goodbye and nothing more comes from it; we may still write |
 * | `gone(error?)` | last, once; without an error it ended in order. Before `attached`: the peer was not reached |
 */
import type { ZmtpError } from "../error.js";
import type { Greeting } from "../session/greeting.js";

/** Moves octets and nothing else. */
export interface Transport {
  /** Where the peer is, as the transport names it: "127.0.0.1:5555", a path, undefined where nobody can say. */
  readonly remoteAddress?: string | undefined;
  /**
   * Octets of the writes under way that the system has not taken yet. Left out where a transport cannot watch them
   * become fewer before a write is done.
   */
  readonly untaken?: number | undefined;
  /**
   * Hands octets over, in order. Their memory is the transport's until `sent` has counted them.
   *
   * @returns False if the system has not taken all of it yet: nothing more is handed over before `sent` has counted
   *   everything, so that a peer that does not read costs no more than what waits anyway.
   */
  write(chunks: readonly Uint8Array[]): boolean;
  /** @internal The application's messages were among what has just been written: an answer may come soon. */
  awaitAnswer?(): void;
  /** Stops reading: the peer is to feel it. */
  pause(): void;
  /** Reads again. */
  resume(): void;
  /** Says goodbye once everything handed over has left. */
  finish(): void;
  /** Drops everything at once. */
  destroy(): void;
  /** From now on it keeps the process alive. Left out where a transport has no say in that. */
  ref?(): void;
  /** From now on it does not keep the process alive. Left out where a transport has no say in that. */
  unref?(): void;
}

/** Flags of a frame that came from a transport which frames by itself. */
export type FrameFlags = { readonly more: boolean; readonly command: boolean };

/** Whom a transport reports to. */
export interface TransportUser {
  /**
   * The transport works: the peer has been reached. `greeting` where both sides have agreed on it in the transport's
   * own way.
   */
  attached(transport: Transport, greeting?: Greeting): void;
  /** Octets came; borrowed until this returns. */
  received(chunk: Uint8Array): void;
  /** Octets came in memory that nobody else will write to or give away: it becomes the user's. */
  receivedOwned(chunk: Uint8Array): void;
  /** @internal Octets came and lie in the codec's landing region. */
  landed(length: number): void;
  /** A whole frame came; its payload becomes the user's. */
  receivedFrame(payload: Uint8Array, flags: FrameFlags): void;
  /** What came has no place in the protocol. */
  refused(error: ZmtpError): void;
  /**
   * So many octets have been taken by the system; with `chunk`, where the transport knows that nobody reads its memory
   * any more.
   */
  sent(octets: number, chunk?: Uint8Array): void;
  /** The peer has said goodbye; nothing more comes from it. */
  ended(): void;
  /** It is over, in order or for this reason. */
  gone(error?: unknown): void;
}
