/**
 * A probe's session over WebSocket: asks for the upgrade, and speaks the ZWS that the server chooses. RFC 45, RFC 6455.
 */
import { createHash, randomBytes } from "node:crypto";
import { FrameDecoder } from "../codec/decoder.js";
import { ZmtpError } from "../error.js";
import { headLength, parseHead } from "../inspect/http-head.js";
import { moved } from "../inspect/told-error.js";
import { type WebFrame, WebFrames } from "../inspect/web-frames.js";
import type { SessionBatchEvent, SessionEvent } from "../session/event.js";
import { zmtpEncoding } from "../session/frame-encoding.js";
import type { Mechanism } from "../session/mechanism.js";
import { nullMechanism } from "../session/null.js";
import type { SessionOptions } from "../session/options.js";
import { ZmtpSession } from "../session/session.js";
import { SUBPROTOCOL, zwsEncoding, zwsFrame, zwsGreeting, zwsMechanism } from "../session/zws.js";
import type { Alive, Carrier, Ping } from "./probe-carrier.js";

const WEBSOCKET = "RFC 6455, Opening Handshake";
const BINARY = 2;
const PING = 9;
const PONG = 10;
const FINAL = 0x80;
/** What RFC 6455 has each server mix with the client's key. */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Milliseconds that an answer to a WebSocket's ping is waited for. */
const PATIENCE = 500;

type Events = SessionBatchEvent | Alive;

/** Speaks ZWS with one server. */
export class WebCarrier implements Carrier {
  session: ZmtpSession | undefined;
  readonly #url: URL;
  readonly #options: SessionOptions;
  readonly #offered: readonly string[];
  readonly #key = randomBytes(16).toString("base64");
  #head: Uint8Array = new Uint8Array(0);
  #frames: WebFrames | undefined;
  /** Octets of frames that the session has been given, as it counts them. */
  #given = 0;
  #seen = 0;
  /** Whether the session gives out frames of ZWS. */
  #framed = true;

  /** @param offered - Subprotocols, the one that we like best first. */
  constructor(url: URL, options: SessionOptions, offered: readonly string[]) {
    this.#url = url;
    this.#options = options;
    this.#offered = offered;
  }

  opening(): Uint8Array {
    const { pathname, search, host } = this.#url;
    const lines = [
      `GET ${pathname}${search} HTTP/1.1`,
      `Host: ${host}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${this.#key}`,
      `Sec-WebSocket-Protocol: ${this.#offered.join(", ")}`,
      "Sec-WebSocket-Version: 13",
    ];
    return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  }

  outgoing(octets: Uint8Array): Uint8Array {
    if (this.#framed) return masked(BINARY, octets);
    // A mechanism that is not ZWS's own gives out frames of ZMTP.
    const frames: Uint8Array[] = [];
    for (const batch of new FrameDecoder().push(octets)) {
      for (const { payload, more, command } of batch) frames.push(masked(BINARY, zwsFrame(payload, more, command)));
    }
    return Buffer.concat(frames);
  }

  ping(): Ping {
    return {
      octets: masked(PING, Buffer.from("probe")),
      patience: PATIENCE,
      note: "no answer to a WebSocket's ping",
    };
  }

  *take(chunk: Uint8Array): Generator<Events, void> {
    this.#seen += chunk.length;
    let rest = chunk;
    try {
      if (this.#frames === undefined) rest = this.#upgrade(chunk);
      if (this.#frames === undefined) return;
      yield* this.#events();
      for (const frame of this.#frames.push(rest)) {
        if ("message" in frame) throw fault("RESERVED_FLAGS", frame.message, frame.offset);
        yield* this.#frame(frame);
      }
    } catch (error) {
      if (!(error instanceof ZmtpError)) throw error;
      yield { type: "Error", error };
    }
  }

  *end(): Generator<SessionEvent, void> {
    const offset = this.#seen;
    if (this.session === undefined) {
      const hint = "Is this a ws:// listener? Its log tells more.";
      yield {
        type: "Error",
        error: new ZmtpError("PEER_CLOSED", "The peer closed before it had upgraded", { offset, hint }),
      };
      return;
    }
    for (const event of this.session.end()) {
      yield event.type === "Error"
        ? { ...event, error: moved(event.error, offset - (event.error.offset ?? 0)) }
        : event;
    }
  }

  /** Reads the head; returns what comes behind it. */
  #upgrade(chunk: Uint8Array): Uint8Array {
    this.#head = Buffer.concat([this.#head, chunk]);
    const length = headLength(this.#head);
    if (length < 0) throw notWeb("What answers is no HTTP, and no WebSocket");
    if (length === 0) return new Uint8Array(0);
    const { first, upgrade, protocol, fields } = parseHead(this.#head.subarray(0, length));
    if (!upgrade) throw notWeb(`The server does not upgrade to WebSocket: it answers "${first}"`);
    const accept = fields.find(({ name }) => name.toLowerCase() === "header sec-websocket-accept")?.value;
    if (accept !== createHash("sha1").update(`${this.#key}${MAGIC}`).digest("base64")) {
      throw notWeb("The server's Sec-WebSocket-Accept does not belong to our key");
    }
    if (!this.#offered.includes(protocol)) {
      throw notWeb(`The WebSocket's subprotocol is "${protocol}", not ${SUBPROTOCOL}: the server does not speak ZWS`);
    }
    this.#frames = new WebFrames(length);
    this.#begin(protocol);
    return this.#head.subarray(length);
  }

  /** The subprotocol says the mechanism; without one identities stand in place of READY. */
  #begin(protocol: string): void {
    const bare = protocol === SUBPROTOCOL;
    const mechanism: Mechanism = bare ? zwsMechanism : (this.#options.mechanism ?? nullMechanism);
    this.session = new ZmtpSession({ ...this.#options, mechanism });
    this.#framed = bare;
    const { name } = mechanism;
    const greeting = bare ? zwsGreeting : { ...zwsGreeting, mechanism: name, asServer: name !== "NULL" };
    this.session.greeted(greeting, bare ? zwsEncoding : zmtpEncoding);
  }

  *#events(): Generator<SessionBatchEvent, void> {
    const session = this.session as ZmtpSession;
    for (let event = session.nextBatchEvent(); event !== undefined; event = session.nextBatchEvent()) yield event;
  }

  *#frame(frame: WebFrame): Generator<Events, void> {
    const { opcode, octets, payload, length, start } = frame;
    if (opcode === PONG) yield { type: "Alive" };
    if (opcode >= 8) return;
    const flags = octets[0];
    if (opcode !== BINARY || flags === undefined || flags > 2) {
      const message = "A WebSocket message is no frame: it is text, empty, or its flag octet is not 0, 1 or 2";
      throw fault("RESERVED_FLAGS", message, opcode === BINARY ? payload : start);
    }
    const before = this.#given;
    this.#given += octets.length;
    this.session?.receiveFrame(octets.slice(1, length), flags === 1, flags === 2);
    for (const event of this.#events()) {
      // A session counts frames as they came to it; people count octets of the peer.
      yield event.type === "Error" ? { ...event, error: moved(event.error, payload - before) } : event;
    }
  }
}

/** A frame of a client, which has to be masked. */
function masked(opcode: number, payload: Uint8Array): Uint8Array {
  const mask = randomBytes(4);
  const { length } = payload;
  const size = length < 126 ? Buffer.of(FINAL | length) : Buffer.of(FINAL | 126, length >> 8, length & 0xff);
  const body = payload.map((octet, i) => octet ^ mask[i & 3]);
  return Buffer.concat([Buffer.of(FINAL | opcode), size, mask, body]);
}

function fault(code: string, message: string, offset: number): ZmtpError {
  return new ZmtpError(code, message, { offset, section: "RFC 45, The ZWS 2.0 Protocol" });
}

function notWeb(message: string): ZmtpError {
  const hint = "Is this the host, port and path of a ws:// listener? Another server answers here, or a proxy.";
  return new ZmtpError("NOT_ZMTP", message, { offset: 0, section: WEBSOCKET, hint });
}
