// Messages to libzmq and back.
import { connect } from "monocoque/node";
import { pattern, same, text } from "./checks.js";

export const COUNT = 10_000;

/** Sends numbered messages to libzmq and gets them back from it, in order. `options` are those of both connections. */
export async function throughLibzmq(pull, push, options = {}) {
  const source = await connect(push, { ...options, socketType: "PULL" });
  const sink = await connect(pull, { ...options, socketType: "PUSH" });
  const sending = sendAll(sink);
  let number = 0;
  for await (const [head, body] of source) {
    same(text(head), `message ${number}`);
    same(body.length, sizeOf(number));
    same(body.at(-1), pattern(sizeOf(number)).at(-1));
    if (++number === COUNT) break;
  }
  await sending;
  await Promise.all([source.close(), sink.close()]);
}

async function sendAll(connection) {
  for (let number = 0; number < COUNT; number++) {
    if (!connection.send([`message ${number}`, pattern(sizeOf(number))])) await connection.drained;
  }
}

/** Mostly small, some that need a long frame, one beyond what is copied. */
function sizeOf(number) {
  if (number === COUNT / 2) return 200_000;
  return number % 1000 === 0 ? 1000 : 1 + (number % 50);
}
