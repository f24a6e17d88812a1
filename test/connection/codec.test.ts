/** A connection works with the codec that it was given, on its way in and on its way out, and with no other. */
import { expect, it } from "vitest";
import { encodeMessage, type FrameBatch, FrameDecoder } from "../../src/index.js";
import { working } from "../support/chosen.js";
import { codecs } from "../support/codecs.js";
import { nextText, pair } from "../support/connections.js";
import { concat } from "../support/pieces.js";

it.each(codecs.map((codec) => ({ name: codec.name, codec })))("$name", async ({ name, codec }) => {
  const worked = await working(async () => {
    const [near, far] = await pair("tcp://127.0.0.1:0", { socketType: "PAIR", codec });
    // A run of frames that lies in that codec's memory is what it frames anew.
    const [batch] = new FrameDecoder({ codec }).push(concat(encodeMessage(["one"]), encodeMessage(["two"])));
    near.sendBatch(batch.filter((_, i) => i !== 0) as FrameBatch);
    expect(await nextText(far)).toEqual(["two"]);
  });
  expect(worked).toEqual([`${name} gather`, `${name} judge`, `${name} scan`]);
});
