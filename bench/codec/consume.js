/** Decoding from chunk to consumer: a batch read by index, and objects made for each frame. */
import { FrameDecoder, ZmtpSession } from "monocoque";
import { ALLOCATING, compare, median, ratio } from "../lib/compare.js";
import { NaiveDecoder } from "../lib/naive.js";
import { times } from "../lib/table.js";
import { fragmented, named, workloads } from "../lib/workloads.js";

/** Where results go, so that no engine leaves the work out. */
export const sink = { octets: 0 };

function touchBatch(batch) {
  const { bytes, length } = batch;
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const start = batch.start(i);
    if (batch.end(i) > start) sum += bytes[start];
  }
  sink.octets += sum;
}

const consumeBatches = (codec, chunks) => {
  const decoder = new FrameDecoder({ codec });
  return () => {
    for (const chunk of chunks) for (const batch of decoder.push(chunk)) touchBatch(batch);
  };
};

const consumeNaive = (chunks) => {
  const decoder = new NaiveDecoder();
  return () => {
    for (const chunk of chunks) {
      for (const { payload } of decoder.push(chunk)) if (payload.length > 0) sink.octets += payload[0];
    }
  };
};

/** The least that taking a chunk in can cost. */
const copyOnly = (chunks) => {
  const target = new Uint8Array(Math.max(...chunks.map(({ length }) => length)));
  return () => {
    for (const chunk of chunks) target.set(chunk);
    sink.octets += target[0];
  };
};

export async function consume({ codecs: [wasm, js], progress }) {
  const rows = [];
  const whole = workloads.map(({ name, bytes, frames }) => ({ name, chunks: [bytes], frames }));
  for (const { name, chunks, frames } of [...whole, fragmented(1460), fragmented(100)]) {
    progress(`consume ${name}`);
    const found = await compare(
      {
        wasm: consumeBatches(wasm, chunks),
        js: consumeBatches(js, chunks),
        naive: consumeNaive(chunks),
        memcpy: copyOnly(chunks),
      },
      frames,
    );
    rows.push({
      frames: name,
      "vs naive": times(ratio(found, "wasm", "naive")),
      "vs TypeScript": times(ratio(found, "wasm", "js")),
      "WASM ns": median(found.wasm),
      "TypeScript ns": median(found.js),
      "naive ns": median(found.naive),
      "memcpy ns": median(found.memcpy),
    });
  }
  return {
    title: "Batch consume",
    note: "Chunk to batch, then one octet of each payload read by index; ns a frame. Naive: one object a frame. memcpy: the chunk copied and no more.",
    columns: Object.keys(rows[0]),
    rows,
  };
}

const ownedFrames = (codec, chunk) => {
  const decoder = new FrameDecoder({ codec });
  return () => {
    for (const batch of decoder.push(chunk)) {
      const owned = batch.toOwned();
      for (let i = 0; i < owned.length; i++) sink.octets += owned.payload(i).length;
    }
  };
};

/** Chunks that become the decoder's, as an accepted socket's are: their owned batches are no copies. */
const ownedChunks = (codec, chunk) => {
  const decoder = new FrameDecoder({ codec });
  return () => {
    for (const batch of decoder.takeOwned(chunk)) {
      const owned = batch.toOwned();
      for (let i = 0; i < owned.length; i++) sink.octets += owned.payload(i).length;
    }
  };
};

const slicedFrames = (chunk) => {
  const decoder = new NaiveDecoder();
  return () => {
    for (const { payload } of decoder.push(chunk)) sink.octets += payload.slice().length;
  };
};

/** The floor: as many views into one buffer, and nothing else. */
const viewsOnly = ({ buffer, length }, frames) => {
  const size = Math.floor(length / frames);
  return () => {
    for (let i = 0; i < frames; i++) sink.octets += new Uint8Array(buffer, i * size, size).length;
  };
};

export async function owned({ codecs: [wasm, js], progress }) {
  const rows = [];
  for (const { name, bytes, frames } of workloads) {
    progress(`owned frames ${name}`);
    const found = await compare(
      {
        wasm: ownedFrames(wasm, bytes),
        js: ownedFrames(js, bytes),
        chunk: ownedChunks(wasm, bytes),
        slice: slicedFrames(bytes),
        views: viewsOnly(bytes, frames),
      },
      frames,
      ALLOCATING,
    );
    rows.push({
      frames: name,
      "vs slice": times(ratio(found, "wasm", "slice")),
      "WASM ns": median(found.wasm),
      "TypeScript ns": median(found.js),
      "owned chunk ns": median(found.chunk),
      "slice ns": median(found.slice),
      "views alone ns": median(found.views),
    });
  }
  return {
    title: "Owned frames",
    note: "Payloads that stay valid: one copy a run and a view a frame, against `slice` a frame; ns a frame. Owned chunk: the chunk is the decoder's to keep, and nothing is copied. Views alone: as many views, nothing decoded or copied.",
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** A session that is through with its handshake. */
export function activeSession(codec, socketType = "PULL", peerType = "PUSH") {
  const session = new ZmtpSession({ socketType, codec });
  const peer = new ZmtpSession({ socketType: peerType, codec });
  const [ready] = peer.receive(session.start());
  for (const chunk of [peer.start(), ready.bytes]) Array.from(session.receive(chunk));
  return session;
}

const receiveBatches = (session, chunk) => () => {
  for (const event of session.receiveBatches(chunk)) if (event.type === "Frames") touchBatch(event.batch);
};

const receiveEvents = (session, chunk) => () => {
  for (const event of session.receive(chunk)) if (event.type === "Frame") sink.octets += event.frame.payload.length;
};

export async function session({ codecs: [wasm, js], progress }) {
  const rows = [];
  for (const name of ["16 B", "64 B", "1 KiB", "3-part 5/0/64 B"]) {
    progress(`session ${name}`);
    const { bytes, frames } = named(name);
    const found = await compare(
      {
        batchesWasm: receiveBatches(activeSession(wasm), bytes),
        batchesJs: receiveBatches(activeSession(js), bytes),
        eventsWasm: receiveEvents(activeSession(wasm), bytes),
        eventsJs: receiveEvents(activeSession(js), bytes),
        naive: consumeNaive([bytes]),
      },
      frames,
    );
    rows.push({
      frames: name,
      "batches vs naive": times(ratio(found, "batchesWasm", "naive")),
      "events vs naive": times(ratio(found, "eventsWasm", "naive")),
      "receiveBatches WASM ns": median(found.batchesWasm),
      "receiveBatches TypeScript ns": median(found.batchesJs),
      "receive WASM ns": median(found.eventsWasm),
      "receive TypeScript ns": median(found.eventsJs),
      "naive ns": median(found.naive),
    });
  }
  return {
    title: "Session",
    note: "A whole session behind its handshake: `receiveBatches` read by index, `receive` with an owned event a frame; the naive decoder has no session at all. ns a frame.",
    columns: Object.keys(rows[0]),
    rows,
  };
}
