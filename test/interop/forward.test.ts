/** Batches sent on as they came, or picked from: from a libzmq PUSH through two sessions to a libzmq PULL. */
import { describe, expect, it, onTestFinished } from "vitest";
import { Pull, Push } from "zeromq";
import { type Codec, type FrameBatch, ZmtpSession } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { connect, meet, opened } from "../support/libzmq.js";

/** Some are too long for a short frame. */
const texts = Array.from({ length: 20_000 }, (_, i) => `${i}`.padEnd((i * 11) % 300));
const SEVEN = 0x37;

describe.each(codecs)("$name codec", (codec) => {
  it("a batch goes on as it came", async () => {
    const { push, pull } = await through(codec, (batch) => batch);
    await expectThrough(push, pull, texts, texts);
  });

  it("the frames that were picked go on, the others do not", async () => {
    const { push, pull } = await through(codec, (batch) =>
      batch.filter(({ bytes }, i) => bytes[batch.start(i)] !== SEVEN),
    );
    await expectThrough(
      push,
      pull,
      texts,
      texts.filter((text) => !text.startsWith("7")),
    );
  });

  it("messages of several frames stay whole", async () => {
    const { push, pull } = await through(codec, (batch) => batch);
    const messages = Array.from({ length: 1000 }, (_, i) => texts.slice(i, i + 1 + (i % 9)));
    await expectThrough(push, pull, messages, messages);
  });
});

/** What `pick` keeps of each batch that comes in goes out again. */
async function through(codec: Codec, pick: (batch: FrameBatch) => FrameBatch | undefined) {
  const push = opened(new Push());
  const pull = opened(new Pull());
  const out = await meet({ socketType: "PUSH", codec }, pull);
  const session = new ZmtpSession({ socketType: "PULL", codec });
  const socket = await connect(push);
  onTestFinished(() => void socket.destroy());
  out.socket.on("drain", () => socket.resume());
  socket.on("data", (chunk) => {
    for (const event of session.receiveBatches(chunk)) {
      if (event.type === "SendBytes") socket.write(event.bytes);
      const batch = event.type === "Frames" ? pick(event.batch) : undefined;
      if (batch !== undefined && !out.socket.write(out.session.sendBatch(batch))) socket.pause();
    }
  });
  socket.write(session.start());
  return { push, pull };
}

async function expectThrough(
  push: Push,
  pull: Pull,
  sent: readonly (string | string[])[],
  expected: readonly (string | string[])[],
): Promise<void> {
  const sending = (async () => {
    for (const message of sent) await push.send(message);
  })();
  const got: string[][] = [];
  while (got.length < expected.length) got.push((await pull.receive()).map(String));
  await sending;
  expect(got).toEqual(expected.map((message) => [message].flat()));
}
