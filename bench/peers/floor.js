/**
 * What the program of `sockets.js` costs without any protocol, on Node's own sockets: `floor.js send`, `floor.js receive ENDPOINT`. Each
 * payload is made, handed over and awaited; copied into a chunk, as whoever gathers messages has to; and comes out of `for await` as a
 * Buffer in an array. There are no frames, no marks, no peers, no errors: what speaks to Node's sockets by this API can hardly take less.
 */
import { connect, createServer } from "node:net";
import { die, Meter, obey, say } from "../lib/peer.js";

const [role, endpoint] = process.argv.slice(2);
/** Octets of one write. */
const CHUNK = 128 * 1024;
/** Messages between two turns of the event loop, in which chunks that are not full leave. */
const PER_TURN = 4096;

const meter = new Meter();
/** Where results go, so that no engine leaves the work out. */
const sink = { octets: 0 };
const SENT = Promise.resolve();

class Sending {
  socket;
  #chunk = Buffer.allocUnsafeSlow(CHUNK);
  #at = 0;
  #sent = 0;
  #room = SENT;

  send(payload) {
    if (this.#at + payload.length > this.#chunk.length) this.flush();
    this.#chunk.set(payload, this.#at);
    this.#at += payload.length;
    return ++this.#sent % PER_TURN === 0 ? this.#turn() : this.#room;
  }

  flush() {
    const full = !this.socket.write(this.#chunk.subarray(0, this.#at));
    this.#chunk = Buffer.allocUnsafeSlow(CHUNK);
    this.#at = 0;
    if (!full) return;
    this.#room = new Promise((resolve) => {
      this.socket.once("drain", () => {
        this.#room = SENT;
        resolve();
      });
    });
  }

  #turn() {
    this.flush();
    const room = this.#room;
    return new Promise((resolve) => setImmediate(() => resolve(room)));
  }
}

/** Buffers as Node itself makes them of memory that is there: `Buffer.from` takes twice as long. */
const FastBuffer = Buffer[Symbol.species] ?? Buffer;

class Receiving {
  #socket;
  #chunk = Buffer.alloc(0);
  /** Where the next message begins: before the chunk, if the last one held its beginning. */
  #at = 0;
  #waiting;

  constructor(socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.#at -= this.#chunk.length;
      this.#chunk = chunk;
      socket.pause();
      const message = this.#take();
      if (message !== undefined) this.#waiting({ done: false, value: message });
      else socket.resume();
    });
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    const message = this.#take();
    if (message !== undefined) return Promise.resolve({ done: false, value: message });
    this.#socket.resume();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  #take() {
    const end = this.#at + meter.size;
    if (meter.size < 0 || end > this.#chunk.length) return undefined;
    const { buffer, byteOffset } = this.#chunk;
    const start = Math.max(this.#at, 0);
    this.#at = end;
    return [new FastBuffer(buffer, byteOffset + start, end - start)];
  }
}

const SENDERS = {
  async send(size, count) {
    for (let i = 0; i < count; i++) await sending.send(Buffer.alloc(size, i));
    sending.flush();
    say("done");
  },
  async "send-kept"(size, count) {
    const payload = Buffer.alloc(size, 1);
    for (let i = 0; i < count; i++) await sending.send(payload);
    sending.flush();
    say("done");
  },
};

async function countAll(from) {
  for await (const [payload] of from) {
    sink.octets += payload[0];
    meter.add(1);
  }
}

const sending = new Sending();
obey(SENDERS[role] ?? ((size, count) => meter.arm(size, count)));
if (role in SENDERS) {
  const server = createServer((socket) => {
    sending.socket = socket.setNoDelay();
  });
  server.listen(0, "127.0.0.1", () => say("at", server.address().port));
} else {
  const socket = connect(Number(endpoint), "127.0.0.1", () => say("ready"));
  countAll(new Receiving(socket)).catch(die);
}
