/**
 * A WebSocket as a transport: one binary message is one frame, and there is no greeting of ours. RFC 45.
 */
import { ZmtpError } from "../error.js";
import { SUBPROTOCOL, zwsGreeting } from "../session/zws.js";
import { closingReason, isGoodbye } from "./closing-codes.js";
import { deadline } from "./deadline.js";
import { connectionError } from "./fault.js";
import { FAREWELL, MOST_HANDED } from "./limits.js";
import { after, type Timer } from "./timer.js";
import type { FrameFlags, Transport, TransportUser } from "./transport.js";

/** Flags by their octet. */
const FLAGS: readonly FrameFlags[] = [
  { more: false, command: false },
  { more: true, command: false },
  { more: false, command: true },
];

const NO_FRAME = "A WebSocket message is no frame: it is text, empty, or its flag octet is not 0, 1 or 2";

/** Milliseconds between two looks at `bufferedAmount`: a WebSocket does not say when it has drained. */
const LOOK = 4;

/**
 * Milliseconds after an error for the close event with the particulars, which Node 22's WebSocket does not always send.
 */
const CLOSE_EVENT = 250;

/** As much of a WebSocket as is used: the platform's, or that of the `ws` package. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly protocol: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  /** The `ws` package can stop reading and drop a connection; a page's WebSocket can do neither. */
  pause?(): void;
  resume?(): void;
  terminate?(): void;
  /**
   * The Node socket beneath the `ws` package. Corking it gathers a tick's frames into one write. Bun has none.
   */
  readonly _socket?: { cork?(): void; uncork?(): void; ref?(): void; unref?(): void };
}

const OPEN = 1;

/** One WebSocket as a transport. */
export class WebSocketTransport implements Transport {
  readonly remoteAddress: string | undefined;
  readonly #socket: WebSocketLike;
  readonly #user: TransportUser;
  /** Octets that the WebSocket was given and that, when last looked at, had not left it. */
  #handed = 0;
  #look: Timer | undefined;
  #error: unknown;
  #finishing = false;
  #over = false;

  constructor(socket: WebSocketLike, user: TransportUser, remoteAddress?: string) {
    this.#socket = socket;
    this.#user = user;
    this.remoteAddress = remoteAddress;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }: { data: unknown }) => this.#received(data);
    socket.onclose = ({ code, reason }: { code: number; reason?: string }) => this.#closed(code, reason);
    socket.onerror = (event: { error?: unknown; message?: unknown }) => this.#failed(event);
    if (socket.readyState === OPEN) this.#opened();
  }

  write(frames: readonly Uint8Array[]): boolean {
    if (this.#socket.readyState !== OPEN) return false;
    const { _socket } = this.#socket;
    _socket?.cork?.();
    for (const frame of frames) {
      this.#socket.send(frame as Uint8Array<ArrayBuffer>);
      this.#handed += frame.length;
    }
    _socket?.uncork?.();
    this.#account();
    return this.#handed < MOST_HANDED;
  }

  pause(): void {
    this.#socket.pause?.();
  }

  resume(): void {
    this.#socket.resume?.();
  }

  finish(): void {
    this.resume();
    this.#finishing = true;
    this.#socket.close(1000);
    this.#account();
  }

  destroy(): void {
    this.#gone();
    if (this.#socket.terminate) this.#socket.terminate();
    else this.#socket.close();
  }

  ref(): void {
    this.#socket._socket?.ref?.();
  }

  unref(): void {
    this.#socket._socket?.unref?.();
  }

  #opened(): void {
    const { protocol } = this.#socket;
    if (protocol === SUBPROTOCOL) {
      this.#user.attached(this, zwsGreeting);
      return;
    }
    this.#gone(new ZmtpError("NOT_ZMTP", `The WebSocket's subprotocol is "${protocol}", not ${SUBPROTOCOL}`));
    this.#socket.close();
  }

  #received(data: unknown): void {
    if (this.#over) return;
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0);
    const flags = FLAGS[bytes[0]];
    if (flags !== undefined) this.#user.receivedFrame(new Uint8Array(data as ArrayBuffer, 1), flags);
    else {
      // Further ones would be refused again, one by one.
      this.#socket.onmessage = null;
      this.#user.refused(new ZmtpError("RESERVED_FLAGS", NO_FRAME));
    }
  }

  /** A page is told nothing of what went wrong; the `ws` package says it here. */
  #failed({ error, message }: { error?: unknown; message?: unknown }): void {
    this.#error = error ?? (message ? new Error(String(message)) : undefined);
    deadline(CLOSE_EVENT, () => this.#closed(1006));
  }

  #closed(code: number, reason = ""): void {
    if (this.#over) return;
    clearTimeout(this.#look);
    this.#account();
    if (!isGoodbye(code)) {
      this.#gone(this.#loss(code, reason));
      return;
    }
    this.#user.ended();
    this.#gone();
  }

  #loss(code: number, reason: string): ZmtpError {
    const cause = this.#error;
    const why = cause instanceof Error ? cause.message : closingReason(code);
    const words = reason === "" ? "" : `, saying ${JSON.stringify(reason)}`;
    const opened = this.#socket.protocol !== "";
    return connectionError(
      opened ? "CONNECTION_LOST" : "NOT_REACHED",
      `The WebSocket ${opened ? "closed" : "could not be opened"} (code ${code}): ${why}${words}`,
      cause === undefined ? {} : { cause },
    );
  }

  /** Counts what has left, and looks again while something waits. */
  #account(): void {
    this.#look = undefined;
    const left = this.#handed - this.#socket.bufferedAmount;
    if (left > 0) {
      this.#handed -= left;
      this.#user.sent(left);
    }
    if (this.#over) return;
    if (this.#handed > 0) this.#look = after(LOOK, () => this.#account());
    else if (this.#finishing) this.#awaitGoodbye();
  }

  /** Everything has left. libzmq answers no closing frame: nothing is lost by not waiting for it. */
  #awaitGoodbye(): void {
    this.#finishing = false;
    deadline(FAREWELL, () => {
      if (this.#over) return;
      this.#user.ended();
      this.destroy();
    });
  }

  #gone(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#look);
    this.#user.gone(error);
  }
}
