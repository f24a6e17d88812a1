import { describe, expect, it } from "vitest";
import { encodeFrame, encodeMessage, FrameDecoderStream, FrameEncoderStream } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { bytes, concat, cut, ownFrames, pattern, same } from "../support/pieces.js";
import { referenceDecode } from "../support/reference.js";

const source = (chunks: Iterable<Uint8Array>) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

async function collect<T>(readable: ReadableStream<T>): Promise<T[]> {
  const found: T[] = [];
  const reader = readable.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return found;
    found.push(value);
  }
}

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("streams, $name", ({ codec }) => {
  const stream = concat(encodeMessage(["a", pattern(300)]), encodeFrame("\x01X", { command: true }), encodeFrame("z"));

  it("decode to owned batches", async () => {
    const batches = await collect(source(cut(stream, [5])).pipeThrough(new FrameDecoderStream({ codec })));
    expect(batches.flatMap(ownFrames)).toEqual(referenceDecode(stream, 1e6).frames);
  });

  it("encode messages and batches", async () => {
    const encoderStream = new FrameEncoderStream({ codec });
    const done = collect(encoderStream.readable);
    const writer = encoderStream.writable.getWriter();
    await writer.write("a");
    await writer.write(["b", bytes(1, 2)]);
    await writer.close();
    expect(concat(...(await done))).toEqual(concat(encodeMessage("a"), encodeMessage(["b", bytes(1, 2)])));
  });

  it("put end to end change nothing", async () => {
    const through = source(cut(stream, [3, 200]))
      .pipeThrough(new FrameDecoderStream({ codec }))
      .pipeThrough(new FrameEncoderStream({ codec }));
    expect(same(concat(...(await collect(through))), stream)).toBe(true);
  });

  it("fail after the last good frame, and on an unfinished one", async () => {
    const broken = source([concat(encodeFrame("good"), bytes(0xff))]).pipeThrough(new FrameDecoderStream({ codec }));
    await expect(collect(broken)).rejects.toMatchObject({ code: "RESERVED_FLAGS", offset: 6 });
    const short = source([stream.subarray(0, 4)]).pipeThrough(new FrameDecoderStream({ codec }));
    await expect(collect(short)).rejects.toMatchObject({ code: "TRUNCATED", offset: 4 });
    const inLarge = concat(encodeFrame("x"), bytes(2, 0, 0, 0, 0, 0, 2, 0, 0x38));
    const header = source([inLarge]).pipeThrough(new FrameDecoderStream({ codec }));
    await expect(collect(header)).rejects.toMatchObject({ code: "TRUNCATED", offset: 12 });
  });

  it("hold the writer back until somebody reads", async () => {
    const { readable, writable } = new FrameDecoderStream({ codec });
    const writer = writable.getWriter();
    let written = 0;
    const writing = (async () => {
      for (let i = 0; i < 10; i++) {
        await writer.ready;
        await writer.write(encodeFrame(String(i)));
        written++;
      }
      await writer.close();
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written).toBeLessThanOrEqual(1);
    expect((await collect(readable)).length).toBe(10);
    await writing;
    expect(written).toBe(10);
  });
});
