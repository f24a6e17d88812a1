/** A socket that shakes hands and from there on only counts octets, the floor of receiving: `bare.js receive ENDPOINT`. */
import { connect } from "node:net";
import { buildReady, encodeGreeting } from "monocoque";
import { die, Meter, obey, say } from "../lib/peer.js";

const [, endpoint] = process.argv.slice(2);
const meter = new Meter();
/** Octets of messages that have not been counted yet; less than none while the peer's greeting and READY are still to come. */
let octets = -(encodeGreeting().length + buildReady({ socketType: "PUSH" }).length);

function count(length) {
  octets += length;
  const frame = meter.size + (meter.size > 255 ? 9 : 2);
  const whole = Math.floor(octets / frame);
  if (whole <= 0 || meter.size < 0) return;
  octets -= whole * frame;
  meter.add(whole);
}

const { hostname, port } = new URL(endpoint);
const onread = {
  buffer: new Uint8Array(256 * 1024),
  callback(length) {
    count(length);
    return true;
  },
};
const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread }, () => {
  socket.write(encodeGreeting());
  socket.write(buildReady({ socketType: "PULL" }));
  say("ready");
});
socket.on("error", die);
obey((size, messages) => meter.arm(size, messages));
