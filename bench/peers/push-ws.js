/** A libzmq PUSH on ws:// in a process of its own: for each "go SIZE COUNT" a fresh socket, "at ENDPOINT", then "done". */
import { Push } from "zeromq";
import { obey, say } from "../lib/peer.js";

obey(async (size, count) => {
  // What libzmq holds ready is what the page has to keep up with.
  const socket = new Push({ sendHighWaterMark: 100_000, linger: 0 });
  await socket.bind("ws://127.0.0.1:*");
  say("at", socket.lastEndpoint);
  const payload = Buffer.alloc(size);
  for (let i = 0; i < count; i++) await socket.send(payload);
  say("done");
  // The last of them may still be on their way.
  setTimeout(() => socket.close(), 30_000).unref();
});
say("ready");
