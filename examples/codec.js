// The codec alone, on a conversation of others: a wiretap. Octets pass untouched; what they mean is printed.
//
//   node examples/codec.js [our port] [port of the peer]
import { connect, createServer } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { FrameDecoderStream } from "monocoque";

const [port = "5557", target = "5556"] = process.argv.slice(2);
const GREETING = 64;

/** Both sides begin with a greeting, and then speak in frames. */
function withoutGreeting() {
  let left = GREETING;
  return new TransformStream({
    transform(chunk, controller) {
      const octets = chunk.subarray(left);
      left -= chunk.length - octets.length;
      if (octets.length > 0) controller.enqueue(octets);
    },
  });
}

function describe({ payload, more, command }) {
  const text = Buffer.from(payload)
    .toString("latin1")
    .replace(/[^ -~]/g, "·");
  const kind = command ? "command" : more ? "frame, more follow" : "frame, the last";
  return `${kind}, ${payload.length} octets: ${text}`;
}

/** Octets go on at once; of each read a copy goes to the decoder. */
async function tap(arrow, from, to) {
  const copy = new PassThrough();
  const copying = pipeline(from, copy);
  from.pipe(to);
  const octets = Readable.toWeb(copy).pipeThrough(withoutGreeting());
  for await (const batch of octets.pipeThrough(new FrameDecoderStream({ maxFrameSize: 2 ** 20 }))) {
    for (const frame of batch) console.log(arrow, describe(frame));
  }
  await copying;
}

const server = createServer({ allowHalfOpen: true }, (near) => {
  const far = connect({ port: Number(target), host: "127.0.0.1", allowHalfOpen: true });
  Promise.all([tap("→", near, far), tap("←", far, near)])
    .then(() => console.log("both have hung up"))
    .catch((error) => {
      console.log(error.message);
      near.destroy();
      far.destroy();
    });
});
server.listen(Number(port), "127.0.0.1", () => console.log(`listening on port ${server.address().port}`));
