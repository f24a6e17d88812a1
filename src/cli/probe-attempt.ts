/** One try of `monocoque probe`: a socket, a session, the story of both, and what became of it. RFC 37. */
import { createConnection, createServer, isIP, type Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import { deadline, Patience } from "../connection/deadline.js";
import type { Endpoint } from "../connection/endpoint.js";
import { ZmtpError } from "../error.js";
import { type Side, Story } from "../inspect/index.js";
import type { Mechanism } from "../session/mechanism.js";
import type { PeerInfo } from "../session/peer.js";
import { ZmtpSession } from "../session/session.js";
import type { SocketType } from "../session/socket-type.js";
import type { Context } from "./command.js";
import { harmless } from "./harmless.js";
import { type Carrier, StreamCarrier } from "./probe-carrier.js";
import { WebCarrier } from "./probe-web.js";
import { StoryView } from "./story-view.js";

/** The longest frame that a peer may send us: nothing that a probe needs is longer. */
const MAX_FRAME = 1 << 20;

/** What became of a try. */
export interface Met {
  readonly ours: SocketType;
  readonly peer?: PeerInfo | undefined;
  readonly error?: ZmtpError | undefined;
  /** The type that the peer said it is, even if the handshake failed. */
  readonly theirs?: string | undefined;
  /** Milliseconds from PING to PONG. */
  readonly roundTrip?: number | undefined;
  /** Why there is no round trip. */
  readonly note?: string | undefined;
}

/** What a try needs. */
export interface Try {
  readonly context: Context;
  readonly target: Endpoint;
  readonly ours: SocketType;
  /** Undefined: NULL. */
  readonly mechanism: Mechanism | undefined;
  /** Over ws://: subprotocols, the one that we like best first. */
  readonly offered: readonly string[];
  readonly listens: boolean;
  /** Milliseconds until it is given up. */
  readonly time: number;
}

/** Reaches the peer, or is reached, and talks until there is something to say. */
export function attempt(how: Try): Promise<Met> {
  return new Promise((resolve) => new Attempt(how, resolve).begin());
}

class Attempt {
  readonly #how: Try;
  readonly #resolve: (met: Met) => void;
  readonly #carrier: Carrier;
  readonly #story: Story;
  readonly #view: StoryView;
  readonly #us: Side;
  readonly #them: Side;
  readonly #stopWaiting: () => void;
  readonly #abort = () => this.#finish({});
  readonly #pong = new Patience();
  #socket: Socket | undefined;
  #close = () => {};
  #theirs: string | undefined;
  #pinged = 0;
  #over = false;

  constructor(how: Try, resolve: (met: Met) => void) {
    const { context, target, ours, mechanism, listens, offered, time } = how;
    this.#how = how;
    this.#resolve = resolve;
    const options = { socketType: ours, maxFrameSize: MAX_FRAME, mechanism };
    const overWeb = target.scheme === "ws";
    this.#carrier = overWeb
      ? new WebCarrier(target.url, options, offered)
      : new StreamCarrier(new ZmtpSession(options));
    this.#story = new Story({ framing: overWeb ? "stream" : "zmtp", maxFrameSize: MAX_FRAME });
    this.#us = listens ? "server" : "client";
    this.#them = listens ? "client" : "server";
    this.#view = new StoryView(context.say, listens ? { client: "peer", server: "we" } : WE_DIAL, true);
    this.#stopWaiting = deadline(time, () => this.#tooLate());
    context.signal.addEventListener("abort", this.#abort, { once: true });
  }

  begin(): void {
    const { target, listens, context } = this.#how;
    if (context.signal.aborted) {
      this.#finish({});
      return;
    }
    if (target.scheme === "ws") {
      this.#use(socketFor(target.url));
      return;
    }
    const where = target.scheme === "ipc" ? { path: target.path } : { host: target.host, port: target.port };
    if (!listens) {
      this.#use(createConnection({ ...where, noDelay: true }));
      return;
    }
    const server = createServer((socket) => {
      this.#close();
      this.#use(socket);
    });
    this.#close = () => void server.close();
    server.on("error", (error) => this.#unreached(error));
    server.listen("host" in where && where.host === "*" ? { port: where.port } : where, () => {
      const at = server.address();
      const place = at === null || typeof at === "string" ? `ipc://${at}` : `tcp://127.0.0.1:${at.port}`;
      context.say.note(`listening on ${place}`);
    });
  }

  #use(socket: Socket): void {
    this.#socket = socket;
    let met = false;
    const meet = () => {
      met = true;
      this.#write(this.#carrier.opening());
    };
    if (socket.connecting) socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", meet);
    else meet();
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("end", () => this.#ended());
    socket.on("error", (error) => {
      if (met) this.#reset(error);
      else this.#unreached(error);
    });
  }

  #write(octets: Uint8Array): void {
    if (this.#over) return;
    this.#socket?.write(octets);
    this.#tell(this.#us, octets);
  }

  #tell(side: Side, octets: Uint8Array): void {
    this.#view.keep(side, octets);
    const entries = this.#story.read(side, octets);
    const ready = side === this.#them ? entries.find(({ name }) => name === "READY") : undefined;
    const type = ready?.fields.find(({ name }, i) => name === "property value" && isTypeAt(ready.fields, i));
    if (type !== undefined) this.#theirs = type.value.replace(/^"|"$/g, "");
    // What is wrong is said once, by the verdict.
    this.#view.show(entries.filter(({ kind }) => kind !== "fault"));
  }

  #take(chunk: Buffer): void {
    if (this.#over) return;
    this.#tell(this.#them, chunk);
    this.#obey(this.#carrier.take(chunk));
  }

  #ended(): void {
    if (this.#over) return;
    this.#obey(this.#carrier.end());
    if (this.#over) return;
    const hint = "Nothing was wrong on the wire: the peer ended, or did not want us. Its log tells more.";
    this.#finish({ error: new ZmtpError("PEER_CLOSED", "The peer closed after the handshake", { hint }) });
  }

  #obey(events: ReturnType<Carrier["take"]>): void {
    for (const event of events) {
      if (this.#over) return;
      if (event.type === "SendBytes") this.#write(this.#carrier.outgoing(event.bytes));
      else if (event.type === "HandshakeComplete") this.#ping();
      else if (event.type === "Error") this.#finish({ error: event.error });
      else if (event.type === "Alive" || (event.type === "Command" && event.name === "PONG")) {
        this.#finish({ roundTrip: performance.now() - this.#pinged });
      }
    }
  }

  #ping(): void {
    const { octets, patience, note } = this.#carrier.ping();
    this.#pinged = performance.now();
    if (octets !== undefined) this.#write(octets);
    this.#pong.wait(patience, () => this.#finish({ note }));
  }

  #tooLate(): void {
    if (this.#carrier.session?.peer !== undefined) {
      this.#finish({ note: "no answer to PING in time" });
      return;
    }
    const { time, listens } = this.#how;
    const reached = this.#socket !== undefined && !this.#socket.connecting;
    const what = reached ? "The handshake was not over" : listens ? "Nobody connected" : "Nobody answered";
    const hint = reached
      ? "Something is there and is no ZeroMQ peer, or hangs: look at what listens, or give it more --time."
      : "Check host and port, and what stands between; or give it more --time.";
    this.#finish({ error: new ZmtpError("HANDSHAKE_TIMEOUT", `${what} after ${time / 1000} s`, { hint }) });
  }

  #reset(cause: Error): void {
    const hint = "The peer's process died or dropped us in a hurry: its log tells more.";
    this.#finish({ error: new ZmtpError("RESET", `The peer reset the connection: ${cause.message}`, { hint, cause }) });
  }

  #unreached(cause: Error): void {
    const { listens } = this.#how;
    const hint = listens
      ? "Choose an address of this machine that is free."
      : "Start the peer, or correct host and port; --listen waits for a peer that dials.";
    const what = listens ? "Cannot listen" : "Nobody was reached";
    const options = { hint, cause, blame: "network" } as const;
    this.#finish({ error: new ZmtpError("NOT_REACHED", `${what}: ${harmless(cause.message)}`, options) });
  }

  #finish(outcome: Pick<Met, "error" | "roundTrip" | "note">): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWaiting();
    this.#pong.stop();
    this.#how.context.signal.removeEventListener("abort", this.#abort);
    this.#close();
    this.#socket?.destroy();
    this.#resolve({ ours: this.#how.ours, peer: this.#carrier.session?.peer, theirs: this.#theirs, ...outcome });
  }
}

const WE_DIAL = { client: "we", server: "peer" } as const;

/** Where a ws:// or wss:// URL leads. */
function socketFor({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (protocol !== "wss:") return createConnection({ host, port: Number(port || 80), noDelay: true });
  return connectTls({ host, port: Number(port || 443), servername: isIP(host) === 0 ? host : "" });
}

/** Whether the value at `i` is that of Socket-Type: its name stands two fields before. */
function isTypeAt(fields: readonly { readonly value: string }[], i: number): boolean {
  return fields[i - 2]?.value.toLowerCase() === "socket-type";
}
