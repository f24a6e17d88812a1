/** What counts as octets, wherever octets are taken, and how everything else is refused. */
import { describe, expect, it } from "vitest";
import { asOctets, framesOf } from "../../src/codec/payload.js";
import {
  encodeFrame,
  encodeMessage,
  FrameDecoder,
  FrameDecoderStream,
  FrameEncoder,
  FrameEncoderStream,
  type Payload,
} from "../../src/index.js";
import { bytes, concat } from "../support/pieces.js";

/** The same eight octets in every shape. */
const octets = bytes(1, 2, 3, 4, 5, 6, 7, 8);
const within = new Uint8Array(24);
within.set(octets, 8);
/** A page has shared memory only where it is isolated from all others. */
const isShared = typeof SharedArrayBuffer !== "undefined";
if (!isShared) console.warn("SKIPPED: shared memory as octets, which this engine does not have here.");
const sharedCopy = (from: Uint8Array) => {
  const { length } = from;
  const copy = new Uint8Array(isShared ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
  copy.set(from);
  return copy;
};
const shared = sharedCopy(octets);
const shapes: Record<string, Payload> = {
  Uint8Array: octets,
  "Uint8Array within another": within.subarray(8, 16),
  ArrayBuffer: octets.slice().buffer,
  DataView: new DataView(within.buffer, 8, 8),
  Uint16Array: new Uint16Array(within.buffer, 8, 4),
  Float64Array: new Float64Array(within.buffer, 8, 1),
  BigInt64Array: new BigInt64Array(within.buffer, 8, 1),
  Uint8ClampedArray: new Uint8ClampedArray(octets),
  SharedArrayBuffer: shared.buffer as never,
  "Uint8Array of shared memory": shared,
};

const wrong: Record<string, [unknown, string]> = {
  number: [42, "a number (42)"],
  undefined: [undefined, "undefined"],
  null: [null, "null"],
  boolean: [true, "a boolean (true)"],
  "plain object": [{ length: 3 }, "an object (Object)"],
  "object without prototype": [Object.create(null), "an object (without a prototype)"],
  array: [[1, 2], "an object (Array)"],
  function: [() => 1, "a function"],
  symbol: [Symbol("s"), "a symbol (Symbol(s))"],
  bigint: [3n, "a bigint (3)"],
};

describe.each(Object.entries(shapes))("%s", (_, payload) => {
  const frame = concat(bytes(0, 8), octets);

  it("is taken as a payload", () => {
    expect(encodeFrame(payload)).toEqual(frame);
    expect(encodeMessage(payload)).toEqual(frame);
    expect(encodeMessage(["a", payload])).toEqual(concat(bytes(1, 1, 97), frame));
    expect(new FrameEncoder().frame(payload).message(payload).message([payload]).flush()).toEqual(
      concat(frame, frame, frame),
    );
  });

  it("is taken as encoded frames", () => {
    expect(new FrameEncoder().octets(payload as Uint8Array).flush()).toEqual(octets);
  });

  it("is taken by the streams", async () => {
    const encoding = new FrameEncoderStream();
    void encoding.writable.getWriter().write(payload);
    expect((await encoding.readable.getReader().read()).value).toEqual(frame);
  });
});

it.each(Object.keys(shapes))("a chunk may be a %s", async (name) => {
  const memory = new Uint8Array(16);
  memory.set(concat(bytes(0, 6), bytes(9, 8, 7, 6, 5, 4)), 8);
  const inShared = sharedCopy(memory.subarray(8));
  const chunks: Record<string, Uint8Array | ArrayBuffer | ArrayBufferView> = {
    Uint8Array: memory.slice(8),
    "Uint8Array within another": memory.subarray(8),
    ArrayBuffer: memory.slice(8).buffer,
    DataView: new DataView(memory.buffer, 8),
    Uint16Array: new Uint16Array(memory.buffer, 8),
    Float64Array: new Float64Array(memory.buffer, 8),
    BigInt64Array: new BigInt64Array(memory.buffer, 8),
    Uint8ClampedArray: new Uint8ClampedArray(memory.buffer, 8),
    SharedArrayBuffer: inShared.buffer as never,
    "Uint8Array of shared memory": inShared,
  };
  const found = Array.from(new FrameDecoder().push(chunks[name]), (batch) => batch.payload(0).slice());
  expect(found).toEqual([bytes(9, 8, 7, 6, 5, 4)]);
  const decoding = new FrameDecoderStream();
  void decoding.writable.getWriter().write(chunks[name]);
  const { value } = await decoding.readable.getReader().read();
  expect(value?.payload(0)).toEqual(bytes(9, 8, 7, 6, 5, 4));
});

describe.each(Object.entries(wrong))("%s", (name, [value, described]) => {
  const refused = (act: () => unknown, what: string) => {
    expect(act).toThrow(TypeError);
    expect(act).toThrow(`${what} is ${described}`);
    expect(act).toThrow("Uint8Array, ArrayBuffer, DataView or typed array would do");
  };

  it("is refused by name, with what would do", () => {
    const no = value as never;
    refused(() => encodeFrame(no), "a payload");
    refused(() => new FrameEncoder().frame(no), "a payload");
    refused(() => new FrameEncoder().octets(no), "the encoded frames");
    refused(() => new FrameDecoder().push(no), "the chunk");
    if (name === "array") return;
    refused(() => encodeMessage(no), "a message");
    refused(() => new FrameEncoder().message(no), "a message");
  });

  it("is refused among a message's frames, of which none is written then", () => {
    const encoder = new FrameEncoder();
    refused(() => encoder.message(["a", value as never]), "frame 1 of a message");
    expect(encoder.length).toBe(0);
    refused(() => encodeMessage([value as never]), "frame 0 of a message");
  });
});

it("takes no string where octets are meant, and no message without frames", () => {
  expect(() => new FrameDecoder().push("text" as never)).toThrow("the chunk is a string");
  expect(() => asOctets("text", "identity")).toThrow("identity is a string");
  expect(() => new FrameEncoder().octets("text" as never)).toThrow("the encoded frames is a string");
  for (const act of [() => encodeMessage([]), () => new FrameEncoder().message([]), () => framesOf([])]) {
    expect(act).toThrow(TypeError);
    expect(act).toThrow("a message has no frames");
  }
});

it("takes memory of another realm", () => {
  // What another realm's objects have in common with these is their kind, not their constructor.
  const buffer = Object.setPrototypeOf(octets.slice().buffer, { [Symbol.toStringTag]: "ArrayBuffer" });
  expect(encodeFrame(buffer)).toEqual(concat(bytes(0, 8), octets));
});
