/** Payloads are Buffers wherever an engine has them, by the quick way or by the documented one. */
import { expect, it } from "vitest";
import { type BufferClass, bufferMaker } from "../../src/connection/buffer-maker.js";

const octets = Uint8Array.of(0, 1, 2, 3, 4);

it.each<[string, BufferClass | undefined, string]>([
  ["Node's", Buffer as unknown as BufferClass, "Buffer"],
  ["an engine's without the class behind it", { from: Buffer.from } as unknown as BufferClass, "Buffer"],
  ["none", undefined, "Uint8Array"],
])("%s", (_, buffers, name) => {
  const payload = bufferMaker(buffers)(octets.buffer, 1, 3);
  expect([payload.constructor.name, Array.from(payload), payload.buffer]).toEqual([name, [1, 2, 3], octets.buffer]);
});
