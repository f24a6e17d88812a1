/** Encoding: single messages, batches forwarded and gathered, greetings. */
import { encodeGreeting, encodeMessage, FrameDecoder, FrameEncoder, parseGreeting } from "monocoque";
import { ALLOCATING, compare, median, ratio } from "../lib/compare.js";
import { times } from "../lib/table.js";
import { named } from "../lib/workloads.js";
import { sink } from "./consume.js";

/** Messages encoded between two flushes, as many as a tick may gather. */
const RUN = 500;

const many = (payload) =>
  Array.from({ length: RUN }, (_, i) => (typeof payload === "string" ? payload : payload.slice().fill(i)));

const encodeRun = (codec, payloads, leave) => {
  const encoder = new FrameEncoder({ codec });
  return () => {
    for (let i = 0; i < payloads.length; i++) encoder.frame(payloads[i]);
    leave(encoder);
  };
};

/** What a connection does: what `flush` returned comes back once it has left. */
function recycled(encoder) {
  const octets = encoder.flush();
  sink.octets += octets.length;
  encoder.recycle(octets);
}

function kept(encoder) {
  sink.octets += encoder.flush().length;
}

/** What a serialiser does: numbers written where they leave from. */
const writeInPlace = (codec, length) => {
  const encoder = new FrameEncoder({ codec });
  return () => {
    for (let i = 0; i < RUN; i++) {
      const at = encoder.room(length);
      const { view } = encoder;
      for (let offset = 0; offset < length; offset += 8) view.setFloat64(at + offset, i);
    }
    recycled(encoder);
  };
};

/** The same into a buffer of its own, which the encoder then copies: all that could be done without `room`. */
const writeThenCopy = (codec, length) => {
  const encoder = new FrameEncoder({ codec });
  return () => {
    for (let i = 0; i < RUN; i++) {
      const payload = new Uint8Array(length);
      const view = new DataView(payload.buffer);
      for (let offset = 0; offset < length; offset += 8) view.setFloat64(offset, i);
      encoder.frame(payload);
    }
    recycled(encoder);
  };
};

/** The numbers alone, into memory that lies ready: what writing them costs whoever frames them. */
const writeOnly = (length) => {
  const view = new DataView(new ArrayBuffer(length * RUN));
  return () => {
    for (let i = 0; i < RUN; i++) {
      for (let offset = 0; offset < length; offset += 8) view.setFloat64(i * length + offset, i);
    }
    sink.octets += view.getUint8(0);
  };
};

export async function serialise({ codecs: [codec], progress }) {
  const rows = [];
  for (const length of [16, 64, 256]) {
    progress(`serialise ${length} B`);
    const found = await compare(
      { room: writeInPlace(codec, length), copied: writeThenCopy(codec, length), alone: writeOnly(length) },
      RUN,
      ALLOCATING,
    );
    rows.push({
      payload: `${length} B`,
      "vs a buffer of its own": times(ratio(found, "room", "copied")),
      "room ns": median(found.room),
      "a buffer of its own ns": median(found.copied),
      "numbers alone ns": median(found.alone),
    });
  }
  return {
    title: "Serialise",
    note: "Float64s written with a DataView: into the room that the encoder made, or into a buffer of their own that it copies; ns a message. Numbers alone: into memory that lies ready, unframed.",
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** The floor: payloads copied one behind the other, and nothing else. */
const setOnly = (payloads) => {
  const octets = payloads.map((payload) => (typeof payload === "string" ? encoded.encode(payload) : payload));
  const target = new Uint8Array(octets.reduce((sum, { length }) => sum + length, 0));
  return () => {
    let at = 0;
    for (let i = 0; i < octets.length; i++) {
      target.set(octets[i], at);
      at += octets[i].length;
    }
    sink.octets += target[0];
  };
};

/** What a library without an encoder does: header and payload concatenated, message by message. */
const concatRun = (payloads) => () => {
  for (const payload of payloads) sink.octets += concatenated(payload).length;
};

const encoded = new TextEncoder();

function concatenated(payload) {
  const body = typeof payload === "string" ? encoded.encode(payload) : payload;
  const header = headerOf(body.length);
  if (globalThis.Buffer) return Buffer.concat([header, body]);
  const out = new Uint8Array(header.length + body.length);
  out.set(header);
  out.set(body, header.length);
  return out;
}

function headerOf(length) {
  if (length <= 255) return globalThis.Buffer ? Buffer.from([0, length]) : Uint8Array.of(0, length);
  const header = new Uint8Array(9);
  header[0] = 2;
  new DataView(header.buffer).setUint32(5, length);
  return header;
}

export async function encode({ codecs: [codec], progress }) {
  const rows = [];
  const kinds = {
    "16 B": new Uint8Array(16),
    "64 B": new Uint8Array(64),
    "256 B": new Uint8Array(256),
    "1 KiB": new Uint8Array(1024),
    "64 B ASCII": "sixty-four characters, as a topic or a small JSON text would be!",
    "64 B UTF-8": "vierundsechzig Oktette mit Umlauten: äöü, Ägypten, Öl, Übung, ß.",
  };
  for (const [name, payload] of Object.entries(kinds)) {
    progress(`encode ${name}`);
    const payloads = many(payload);
    const found = await compare(
      {
        encoder: encodeRun(codec, payloads, recycled),
        kept: encodeRun(codec, payloads, kept),
        message: () => {
          for (const each of payloads) sink.octets += encodeMessage(each).length;
        },
        concat: concatRun(payloads),
        set: setOnly(payloads),
      },
      RUN,
      ALLOCATING,
    );
    rows.push({
      payload: name,
      "vs Buffer.concat": times(ratio(found, "encoder", "concat")),
      "FrameEncoder ns": median(found.encoder),
      "not recycled ns": median(found.kept),
      "encodeMessage ns": median(found.message),
      "Buffer.concat ns": median(found.concat),
      "set alone ns": median(found.set),
    });
  }
  return {
    title: "Encode",
    note: "Single messages from the JavaScript heap; ns a message. FrameEncoder flushes every 500 and gets its memory back, as in a connection; not recycled: what it flushes is kept. encodeMessage returns octets of their own. `set` alone: the payloads copied, without headers.",
    columns: Object.keys(rows[0]),
    rows,
  };
}

const forward = (codec, chunk) => {
  const decoder = new FrameDecoder({ codec });
  const encoder = new FrameEncoder({ codec });
  return () => {
    for (const batch of decoder.push(chunk)) encoder.batch(batch);
    recycled(encoder);
  };
};

const forwardOneByOne = (codec, chunk) => {
  const decoder = new FrameDecoder({ codec });
  return () => {
    for (const batch of decoder.push(chunk)) {
      for (const { payload, more } of batch) sink.octets += encodeMessage(more ? [payload, ""] : payload).length;
    }
  };
};

/** Only the encoder's part: the batch is decoded once, with WebAssembly, and chosen from once. */
const gather = (decoding, encoding, chunk) => {
  const decoder = new FrameDecoder({ codec: decoding });
  const encoder = new FrameEncoder({ codec: encoding });
  const [batch] = decoder.push(chunk);
  const every = batch.filter(() => true);
  return () => {
    encoder.batch(every);
    recycled(encoder);
  };
};

export async function batches({ codecs: [wasm, js], progress }) {
  const rows = [];
  for (const name of ["16 B", "64 B", "256 B", "1 KiB", "3-part 5/0/64 B"]) {
    progress(`forward ${name}`);
    const { bytes, frames } = named(name);
    const found = await compare({ forward: forward(wasm, bytes), oneByOne: forwardOneByOne(wasm, bytes) }, frames);
    // The batches gathered are borrowed, so nothing may decode while each is measured.
    const gathered = await compare({ wasm: gather(wasm, wasm, bytes) }, frames);
    const byHand = await compare({ js: gather(wasm, js, bytes) }, frames);
    rows.push({
      frames: name,
      "forward vs one by one": times(ratio(found, "forward", "oneByOne")),
      "forward ns": median(found.forward),
      "one by one ns": median(found.oneByOne),
      "gather WASM ns": median(gathered.wasm),
      "gather TypeScript ns": median(byHand.js),
    });
  }
  return {
    title: "Forward and gather",
    note: "Forward: decode a batch and encode it as it came, against decoding and encoding frame by frame. Gather: encode frames chosen out of a batch. ns a frame.",
    columns: Object.keys(rows[0]),
    rows,
  };
}

export async function greeting({ progress }) {
  progress("greeting");
  const octets = encodeGreeting();
  const found = await compare(
    {
      parse: () => {
        sink.octets += parseGreeting(octets).mechanism.length;
      },
      encode: () => {
        sink.octets += encodeGreeting().length;
      },
    },
    1,
  );
  return {
    title: "Greeting",
    columns: ["operation", "ns"],
    rows: [
      { operation: "parseGreeting", ns: median(found.parse) },
      { operation: "encodeGreeting", ns: median(found.encode) },
    ],
  };
}
