/// <reference lib="esnext.disposable" preserve="true" />
/** A connection as applications see it. The work is done behind it, by a link. */
import type { FrameBatch } from "../codec/batch.js";
import type { Message, Octets, Payload } from "../codec/payload.js";
import type { PeerInfo } from "../session/peer.js";
import type { Ending } from "./ending.js";

/** How the runs of a connection in another thread come over: in a SharedArrayBuffer, or in ordinary memory. */
export type ThreadMemory = "shared" | "transferred";

/**
 * One connection to one peer, behind its handshake.
 *
 * Iterating gives its messages, each an array of owned payloads: all frames of a message or none. An iteration that is
 * broken off leaves the rest to the next one. However the connection ends, an iteration just ends, once it has given
 * everything that came before; `closed` says how. Nothing that a peer does makes a call throw or a promise reject.
 *
 * @typeParam P - What a payload is: a `Uint8Array`; in Node a `Buffer`.
 */
export interface Connection<P extends Uint8Array = Octets> extends AsyncIterable<P[]>, AsyncDisposable {
  /** What the peer said of itself; owned. */
  readonly peer: PeerInfo;
  /**
   * Where the peer is: "127.0.0.1:5555"; a path for ipc://, if it has one; undefined where the transport cannot say.
   */
  readonly remoteAddress: string | undefined;
  /** Resolves when the connection has ended, and says how. It never rejects. */
  readonly closed: Promise<Ending>;
  /** What `closed` resolves with; undefined while the connection lives. */
  readonly ending: Ending | undefined;
  /**
   * Where its work is done. Undefined: in this thread. Otherwise in another, and what `batches()` gives lies in memory
   * that is "shared" with it, which platform calls do not take views of, or was "transferred" and is ordinary.
   */
  readonly thread: ThreadMemory | undefined;
  /** Octets accepted that the system has not taken yet. */
  readonly bufferedAmount: number;
  /**
   * Accepts a message for sending; all that one tick accepts leaves in one write. Payloads are copied, but for binary
   * ones of 64 KiB and more, which leave from where they lie: do not write to those before `bufferedAmount` is 0.
   *
   * @returns True if there is room for more. False if more waits than `highWaterMark`: it is accepted all the same, and
   *   `drained` says when to go on. Also false once the connection has ended otherwise than by `close()`: then it is
   *   not accepted, and `ending` is set.
   * @throws A {@link ZmtpError} CLOSED after our own `close()`, NOT_A_SENDER on a socket type that only receives; a
   *   TypeError for what is no message.
   */
  send(message: Message): boolean;
  /**
   * Resolves when less waits than half of `highWaterMark`, at once if so already, and when the connection has ended.
   * Never rejects.
   */
  readonly drained: Promise<void>;
  /**
   * Accepts all frames of a batch, in one copy if it is as it came. Returns and throws as `send` does.
   *
   * @throws A {@link ZmtpError} STALE_BATCH, or UNFINISHED_MESSAGE if it ends inside a message, which those of
   *   `batches()` never do.
   */
  sendBatch(batch: FrameBatch): boolean;
  /**
   * Room for a message of one frame, to be written in place: `length` octets of `memory` (or `view`) from the returned
   * offset on. Write them before the next call on this connection and before the tick ends. Returns -1 once the
   * connection has ended; throws as `send`.
   */
  room(length: number): number;
  /** What `room` gives offsets into. It may be another after each call of `room`. */
  readonly memory: Uint8Array;
  /** The same as a DataView. */
  readonly view: DataView;
  /**
   * The peer's messages in runs, without an object a frame. A run holds whole messages only, and is valid until the
   * next is asked for: then its memory is used again, so keep neither `bytes` nor views of it; `toOwned()` copies.
   */
  batches(): AsyncIterableIterator<FrameBatch>;
  /**
   * Subscribes to all messages that begin with `prefix`, default all. Nothing happens once the connection has ended.
   *
   * @throws A {@link ZmtpError} NOT_A_SUBSCRIBER on other socket types than SUB and XSUB, CLOSED after our own
   *   `close()`.
   */
  subscribe(prefix?: Payload): void;
  /** Undoes one `subscribe` of the same prefix. Throws as it does. */
  cancel(prefix?: Payload): void;
  /** Whether the peer, a subscriber, has subscribed to a message whose first frame this is. */
  wants(topic: Payload): boolean;
  /**
   * Ends the connection in order: nothing more is accepted; resolves when everything accepted has left, or when the
   * peer has taken nothing of it for `linger` milliseconds, and `closed` tells the two apart. In a page "left" means
   * handed to the browser: before the page goes away await `closed`, too. Never rejects.
   *
   * ```
   *   we                                   the peer
   *   close() ── what was accepted ──────▶ reads on
   *           ── goodbye (FIN) ──────────▶ its iteration ends
   *   closed ◀──────────────── its goodbye ┘
   * ```
   */
  close(): Promise<void>;
  /** Ends it at once, whatever waits. `closed` gives the reason back as its error. */
  destroy(reason?: unknown): void;
  /** Keeps the process alive, as at first. */
  ref(): void;
  /** Lets the process end while this connection lives. */
  unref(): void;
}
