/** Two Node sockets and no protocol at all, the floor of a round trip: `raw.js ROLE [PORT]`. */
import { connect, createServer } from "node:net";
import { obey, say, Trips } from "../lib/peer.js";

const [role, port] = process.argv.slice(2);
const trips = new Trips();
let socket;
let missing = 0;

function ask(size, count) {
  const payload = new Uint8Array(size);
  trips.begin(count, () => {
    missing = size;
    socket.write(payload);
  });
}

obey(role === "echo" ? () => say("armed") : ask);

if (role === "echo") {
  const server = createServer({ noDelay: true }, (peer) => peer.on("data", (chunk) => peer.write(chunk)));
  server.listen(0, "127.0.0.1", () => say("at", server.address().port));
} else {
  socket = connect({ port: Number(port), host: "127.0.0.1", noDelay: true }, () => say("ready"));
  socket.on("data", ({ length }) => {
    missing -= length;
    if (missing === 0) trips.end();
  });
}
