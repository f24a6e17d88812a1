/**
 * ZWS 2.0: ZMTP over WebSocket. RFC 45. One binary message is one frame: a flag octet and the body, no length. There is
 * no greeting, and identities in place of READY. Everything else is the same session.
 */
import type { FrameBatch } from "../codec/batch.js";
import * as ZMTP from "../codec/frame.js";
import { framesOf, type Message, octets, type Payload } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import { SUBPROTOCOL, zwsGreeting, zwsMechanism } from "../session/zws.js";
import { Link } from "./connection.js";
import type { ConnectionOptions } from "./options.js";
import type { Outbox } from "./outbox.js";
import { after, type Timer } from "./timer.js";
import type { FrameFlags, Transport, TransportUser } from "./transport.js";

const MORE = 1;
const COMMAND = 2;

/** Flags by their octet. */
const FLAGS: readonly FrameFlags[] = [
  { more: false, command: false },
  { more: true, command: false },
  { more: false, command: true },
];

const OWN_FRAMES: ZMTP.Limits = { maxFrameSize: ZMTP.LARGEST_FRAME, commandsOnly: false };

const NO_FRAME = "A WebSocket message is no frame: it is text, empty, or its flag octet is not 0, 1 or 2";

/** Milliseconds between two looks at `bufferedAmount`: a WebSocket does not say when it has drained. */
const LOOK = 4;

/** Closing codes that are a goodbye: normal, going away, none given. */
const GOODBYES: readonly number[] = [1000, 1001, 1005];

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
  /** Below that of the `ws` package there is a Node socket, which can gather what a tick sends into one write; below Bun's there is none. */
  readonly _socket?: { cork?(): void; uncork?(): void };
}

const OPEN = 1;

/** ZWS's framing: each chunk is one frame and one WebSocket message. */
export class ZwsOutbox implements Outbox {
  #frames: Uint8Array<ArrayBuffer>[] = [];
  #octets = 0;

  get length(): number {
    return this.#octets;
  }

  message(message: Message): void {
    const frames = framesOf(message);
    const last = frames.length - 1;
    for (let i = 0; i <= last; i++) this.#frame(frames[i], i < last ? MORE : 0);
  }

  batch(batch: FrameBatch): void {
    for (const { payload, more, command } of batch) this.#frame(payload, (more ? MORE : 0) | (command ? COMMAND : 0));
  }

  octets(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const { flags, size, length = 0 } = ZMTP.readHeader(bytes, at, bytes.length, OWN_FRAMES, at);
      const payload = bytes.subarray(at + size, at + size + length);
      this.#frame(payload, (flags & ZMTP.MORE ? MORE : 0) | (flags & ZMTP.COMMAND ? COMMAND : 0));
      at += size + length;
    }
  }

  take(): Uint8Array[] {
    const frames = this.#frames;
    this.#frames = [];
    this.#octets = 0;
    return frames;
  }

  #frame(payload: Payload, flags: number): void {
    const body = octets(payload);
    const frame = new Uint8Array(1 + body.length);
    frame[0] = flags;
    frame.set(body, 1);
    this.#frames.push(frame);
    this.#octets += frame.length;
  }
}

/** ZWS has no PING. WebSocket has one, which no page can send and libzmq does not answer; that of the peer is answered below us. */
export function refuseHeartbeat({ heartbeat }: ConnectionOptions): void {
  if (heartbeat) throw new TypeError("there are no heartbeats of ours over ws://: let the peer send them");
}

/** A link that speaks ZWS. Its mechanism is the subprotocol's. */
export function zwsLink(options: ConnectionOptions): Link {
  refuseHeartbeat(options);
  return new Link({ ...options, mechanism: zwsMechanism }, new ZwsOutbox());
}

export class WebSocketTransport implements Transport {
  readonly #socket: WebSocketLike;
  readonly #user: TransportUser;
  #handed = 0;
  #look: Timer | undefined;
  #over = false;

  constructor(socket: WebSocketLike, user: TransportUser) {
    this.#socket = socket;
    this.#user = user;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }: { data: unknown }) => this.#received(data);
    socket.onclose = ({ code }: { code: number }) => this.#closed(code);
    // A close event with the particulars follows.
    socket.onerror = () => {};
    if (socket.readyState === OPEN) this.#opened();
  }

  write(frames: readonly Uint8Array[]): void {
    if (this.#socket.readyState !== OPEN) return;
    const { _socket } = this.#socket;
    _socket?.cork?.();
    for (const frame of frames) {
      this.#socket.send(frame as Uint8Array<ArrayBuffer>);
      this.#handed += frame.length;
    }
    _socket?.uncork?.();
    this.#account();
  }

  pause(): void {
    this.#socket.pause?.();
  }

  resume(): void {
    this.#socket.resume?.();
  }

  finish(): void {
    this.resume();
    this.#socket.close(1000);
  }

  destroy(): void {
    this.#gone();
    if (this.#socket.terminate) this.#socket.terminate();
    else this.#socket.close();
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
    if (flags === undefined) this.#user.refused(new ZmtpError("RESERVED_FLAGS", NO_FRAME));
    else this.#user.receivedFrame(new Uint8Array(data as ArrayBuffer, 1), flags);
  }

  #closed(code: number): void {
    clearTimeout(this.#look);
    this.#account();
    if (GOODBYES.includes(code)) this.#user.ended();
    this.#gone(
      GOODBYES.includes(code) ? undefined : new ZmtpError("CONNECTION_LOST", `The WebSocket closed with code ${code}`),
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
    if (this.#handed > 0 && !this.#over) this.#look = after(LOOK, () => this.#account());
  }

  #gone(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#look);
    this.#user.gone(error);
  }
}
