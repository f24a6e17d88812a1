/** A codec that is asked for is the one that works, and the other one rests: wherever one can be asked for. */
import { describe, expect, it } from "vitest";
import {
  type Codec,
  encodeFrame,
  encodeGreeting,
  encodeMessage,
  type FrameBatch,
  FrameDecoder,
  FrameDecoderStream,
  FrameEncoder,
  FrameEncoderStream,
  type Mechanism,
  Metadata,
  ZmtpSession,
} from "../../src/index.js";
import { ascii, writeCommand, writeProperty } from "../oracle/command.js";
import { working } from "../support/chosen.js";
import { codecs } from "../support/codecs.js";
import { concat } from "../support/pieces.js";

const STREAM = concat(encodeMessage(["one"]), encodeMessage(["two", "three"]), encodeMessage(["four"]));

/** Whatever is sealed is sealed by nobody: what matters here is who reads the frames that are to be sealed. */
const sealing: Mechanism = {
  name: "NULL",
  asServer: false,
  peerAsServer: false,
  begin: () => ({
    open: () => undefined,
    receive: () => ({
      type: "complete",
      metadata: new Metadata([["Socket-Type", ascii("PAIR")]]),
      traffic: {
        name: "MESSAGE",
        seal: ({ payload }) => payload,
        unseal: () => ({ payload: new Uint8Array(0), more: false, command: false }),
      },
    }),
  }),
};

function decoded(codec: Codec): FrameBatch {
  const [batch] = new FrameDecoder({ codec }).push(STREAM);
  // Some of it, or it would be passed on as it is.
  return batch.filter((_, i) => i !== 0) as FrameBatch;
}

const HELLO = concat(encodeGreeting(), writeCommand("READY", writeProperty("Socket-Type", ascii("PAIR"))));

function active(codec: Codec, mechanism?: Mechanism): ZmtpSession {
  const session = new ZmtpSession({ socketType: "PAIR", codec, ...(mechanism && { mechanism }) });
  for (const _ of session.receive(HELLO));
  expect(session.state).toBe("active");
  return session;
}

/** How many frames there are. */
function count(batches: Iterable<FrameBatch>): number {
  let frames = 0;
  for (const batch of batches) frames += batch.length;
  return frames;
}

type Use = (codec: Codec) => unknown;

/** What asks for a codec, and which of its functions must then have worked. */
const USES: Readonly<Record<string, readonly [Use, readonly string[]]>> = {
  "FrameDecoder, push": [(codec) => expect(count(new FrameDecoder({ codec }).push(STREAM))).toBe(4), ["scan"]],
  "FrameDecoder, reserve and commit": [
    (codec) => {
      const decoder = new FrameDecoder({ codec });
      decoder.reserve(STREAM.length).set(STREAM);
      expect(count(decoder.commit(STREAM.length))).toBe(4);
    },
    ["scan"],
  ],
  "FrameEncoder, batch": [(codec) => new FrameEncoder({ codec }).batch(decoded(codec)).flush(), ["gather", "scan"]],
  FrameDecoderStream: [
    async (codec) => {
      const { readable, writable } = new FrameDecoderStream({ codec });
      const writer = writable.getWriter();
      writer.write(STREAM).then(() => writer.close());
      for await (const batch of readable) expect(batch.length).toBe(4);
    },
    ["scan"],
  ],
  FrameEncoderStream: [
    async (codec) => {
      const { readable, writable } = new FrameEncoderStream({ codec });
      const writer = writable.getWriter();
      writer.write(decoded(codec)).then(() => writer.close());
      for await (const octets of readable) expect(octets.length).toBe(18);
    },
    ["gather", "scan"],
  ],
  "ZmtpSession, a greeting": [
    (codec) => [...new ZmtpSession({ socketType: "PAIR", codec }).receive(encodeGreeting())],
    ["judge"],
  ],
  "ZmtpSession, traffic": [
    (codec) => {
      const session = active(codec);
      expect([...session.receive(STREAM)]).toHaveLength(4);
    },
    ["judge", "scan"],
  ],
  "ZmtpSession, a batch passed on": [
    (codec) => expect(active(codec).sendBatch(decoded(codec)).length).toBe(18),
    ["gather", "judge", "scan"],
  ],
  "ZmtpSession, what is to be sealed": [
    (codec) => expect(concat(...active(codec, sealing).seal([encodeFrame("abc")]))).toHaveLength(3),
    ["judge", "scan"],
  ],
};

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("$name, asked for", ({ name, codec }) => {
  it.each(Object.entries(USES))("works: %s", async (_, [use, functions]) => {
    const worked = await working(() => use(codec));
    expect(worked).toEqual(functions.map((one) => `${name} ${one}`));
  });
});
