/**
 * What the same program costs without any protocol, on Node's own sockets: `floor.js send`, `floor.js receive ENDPOINT`. Each payload is made and
 * copied into a chunk, as whoever gathers messages has to; each that comes becomes a Buffer of its own, as whoever receives wants it. There are no
 * frames, no queues, no promises: nothing that speaks to Node's sockets can take less.
 */
import { connect, createServer } from "node:net";
import { Meter, obey, say } from "../lib/peer.js";

const [role, endpoint] = process.argv.slice(2);
/** Octets of one write. */
const CHUNK = 128 * 1024;

const meter = new Meter();
/** Where results go, so that no engine leaves the work out. */
const sink = { octets: 0 };
let peer;

async function sendAll(size, count) {
  let chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK, size));
  let at = 0;
  for (let i = 0; i < count; i++) {
    at += Buffer.alloc(size, i).copy(chunk, at);
    if (at + size <= chunk.length && i < count - 1) continue;
    const room = peer.write(chunk.subarray(0, at));
    chunk = Buffer.allocUnsafeSlow(chunk.length);
    at = 0;
    if (!room) await new Promise((resolve) => peer.once("drain", resolve));
  }
  say("done");
}

/** Octets of a message that the chunk before has begun. */
let begun = 0;

function take(chunk) {
  const { size } = meter;
  const { buffer, byteOffset } = chunk;
  let messages = 0;
  let start = -begun;
  for (; start + size <= chunk.length; start += size) {
    const from = Math.max(start, 0);
    sink.octets += Buffer.from(buffer, byteOffset + from, start + size - from)[0];
    messages++;
  }
  begun = chunk.length - start;
  if (messages > 0) meter.add(messages);
}

obey(role === "send" ? sendAll : (size, count) => meter.arm(size, count));
if (role === "send") {
  const server = createServer((socket) => {
    peer = socket.setNoDelay();
  });
  server.listen(0, "127.0.0.1", () => say("at", server.address().port));
} else {
  const socket = connect(Number(endpoint), "127.0.0.1", () => say("ready"));
  socket.on("data", take);
}
