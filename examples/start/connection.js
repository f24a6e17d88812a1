// One connection: a TCP socket from node:net and a ZmtpSession, which does no I/O of its own. This is all that it takes to put
// the one on the other.
import { once } from "node:events";
import { createConnection } from "node:net";
import { FrameEncoder, ZmtpSession } from "monocoque";
import { Timeline } from "./timeline.js";

export class Connection {
  codec;
  peer;
  watchdog;
  timeline;
  /** How many pieces the peer's octets came in. */
  reads = 0;
  /** Takes each batch of frames; it is borrowed, and gone when this returns. */
  onBatch = () => this.#fail(new Error("the libzmq peer sent a message that nobody had asked for"));
  #socket;
  #session;
  #fail;
  #handshakeComplete;
  #closing = false;

  /** Has the peer listen, connects to it, and returns once the handshake is complete. */
  static async open({ peer, codec, watchdog, fail }) {
    const { port } = await peer.ask("open");
    const connection = new Connection();
    connection.codec = codec;
    connection.peer = peer;
    connection.watchdog = watchdog;
    connection.#fail = fail;
    watchdog.saw("waiting for the handshake");
    await connection.#connect(port);
    return connection;
  }

  /** What libzmq said of itself. */
  get peerInfo() {
    return this.#session.peer;
  }

  /** An encoder for what goes through `write`. */
  encoder() {
    return new FrameEncoder({ codec: this.codec });
  }

  /** Sends octets. Await it: it returns when the socket wants more. */
  async write(bytes) {
    if (!this.#socket.write(bytes)) await once(this.#socket, "drain");
  }

  async close() {
    this.#closing = true;
    this.#socket.end();
    const { extra } = await this.peer.ask("close");
    if (extra > 0) throw new Error(`more messages than were sent arrived at the libzmq peer: ${extra}`);
    if (!this.#socket.destroyed) await once(this.#socket, "close");
  }

  #connect(port) {
    this.#session = new ZmtpSession({
      socketType: "DEALER",
      identity: "monocoque",
      metadata: { "X-Codec": this.codec.name },
      codec: this.codec,
    });
    this.timeline = new Timeline();
    this.#socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.on("error", this.#fail);
    this.#socket.on("close", () => this.#closed());
    this.#socket.on("data", (chunk) => this.#receive(chunk));
    this.#socket.on("connect", () => {
      this.timeline.note(`TCP connection to 127.0.0.1:${port}`);
      this.#send(this.#session.start());
    });
    return new Promise((resolve) => {
      this.#handshakeComplete = resolve;
    });
  }

  #receive(chunk) {
    this.reads++;
    if (this.#session.state !== "active") this.timeline.received(chunk);
    for (const event of this.#session.receiveBatches(chunk)) this.#act(event);
  }

  #act(event) {
    switch (event.type) {
      case "Frames":
        return this.onBatch(event.batch);
      case "SendBytes":
        return this.#send(event.bytes);
      case "HandshakeComplete":
        this.timeline.note("HandshakeComplete");
        return this.#handshakeComplete();
      case "Error":
        return this.#fail(event.error);
    }
  }

  #send(bytes) {
    if (this.#session.state !== "active") this.timeline.sent(bytes);
    this.#socket.write(bytes);
  }

  #closed() {
    if (this.#closing) return;
    // The session knows what the peer's leaving means: too early, inside a frame, or just unexpected.
    for (const event of this.#session.end()) this.#act(event);
    this.#fail(new Error("the libzmq peer closed the connection"));
  }
}
