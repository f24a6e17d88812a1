/** WebAssembly and its TypeScript twin held against each other directly: rows, status and output, octet by octet. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { engineOf } from "../../src/codec/engine.js";
import { CAPACITY, INPUT, OUTPUT_SIZE, WINDOW } from "../../src/codec/layout.js";
import { scanOctets } from "../../src/codec/scan.js";
import { sharedScan } from "../../src/codec/shared-scan.js";
import { encodeFrame, encodeGreeting, jsCodec, wasmCodec } from "../../src/index.js";
import { bytes, concat, pattern, same } from "../support/pieces.js";
import { runs } from "../support/runs.js";

const twins = [engineOf(wasmCodec()), engineOf(jsCodec())];

/** What a scan of `octets`, laid at `from`, leaves behind. */
function scanned(octets: Uint8Array, from: number, limit: number) {
  return twins.map((engine) => {
    engine.table.fill(-1);
    engine.window.set(octets, from);
    const count = engine.scan(from, from + octets.length, limit);
    return { count, stopped: engine.status[0], rows: engine.table.slice(0, 2 * count), next: engine.table[2 * count] };
  });
}

/** Frames with the header that the flags ask for, each with octets of its own. */
const frames = fc
  .array(
    fc.record({
      size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(0, 1, 64, 254, 255, 256, 257, 1024)),
      flags: fc.constantFrom(0, 0, 0, 1, 2, 3),
      repeat: fc.constantFrom(1, 1, 2, 3, 4, 5, 6, 9, 17),
    }),
    { maxLength: 12 },
  )
  .map((shapes) => {
    let seed = 0;
    return concat(
      ...shapes.flatMap(({ size, flags, repeat }) =>
        Array.from({ length: repeat }, () => framed(pattern(size, ++seed), size > 255 ? flags | 2 : flags)),
      ),
    );
  });

function framed(payload: Uint8Array, flags: number): Uint8Array {
  if (!(flags & 2)) return concat(bytes(flags, payload.length), payload);
  const header = new Uint8Array(9);
  header[0] = flags;
  new DataView(header.buffer).setUint32(5, payload.length);
  return concat(header, payload);
}

const tail = fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ maxLength: 20 }));
const place = fc.constantFrom(0, 1, 7, INPUT, INPUT + 3);
const limit = fc.constantFrom(0, 1, 64, 255, 256, 1023, 1024, 0x7fffffff);

/** What the scan for shared memory leaves behind, anywhere in a memory, behind rows that are there already. */
function scannedShared(octets: Uint8Array, row: number, limit: number) {
  const memories = [new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true }), new SharedArrayBuffer(8 << 16)];
  return memories.map((memory) => {
    const buffer = (memory instanceof SharedArrayBuffer ? memory : memory.buffer) as SharedArrayBuffer;
    const table = new Int32Array(buffer, 2048, 32);
    const where = { table, bytes: new Uint8Array(buffer, WINDOW + 4096) };
    const { bytes } = where;
    table.fill(-1);
    bytes.set(octets, 5);
    const shared = sharedScan(memory);
    const count = shared.scan(where, row, 5, 5 + octets.length, limit);
    const behind = new Int32Array(buffer, 2048 + 32 * 4, 2);
    return { count, stopped: shared.stopped, rows: [...table], behind: [...behind] };
  });
}

describe("the scan for shared memory", () => {
  it("writes the rows that any scan does, at the row it is told, and none behind the table", () => {
    fc.assert(
      fc.property(frames, tail, fc.integer({ min: 0, max: 16 }), limit, (octets, end, row, most) => {
        const all = concat(octets, end);
        const [wasm, js] = scannedShared(all, row, most);
        const [{ rows, count }] = scanned(all, 5, most);
        expect(js.count).toBe(Math.min(count, 16 - row));
        expect(js.rows.slice(2 * row, 2 * (row + js.count))).toEqual([...rows.subarray(0, 2 * js.count)]);
        expect(js.rows.slice(0, 2 * row).every((word) => word === -1)).toBe(true);
        // Wide stores of WebAssembly write behind the last row, never behind the table.
        expect({ ...wasm, rows: wasm.rows.slice(0, 2 * (row + wasm.count)) }).toEqual({
          ...js,
          rows: js.rows.slice(0, 2 * (row + js.count)),
        });
        expect(wasm.behind).toEqual([0, 0]);
      }),
    );
  });
});

describe("scan", () => {
  it("writes the same rows and stops at the same octet", () => {
    fc.assert(
      fc.property(frames, tail, place, limit, (octets, end, from, most) => {
        const [wasm, js] = scanned(concat(octets, end), from, most);
        expect(js).toEqual(wasm);
      }),
      { numRuns: runs(500) },
    );
  });

  it("of a chunk in place writes the rows that the window would have", () => {
    const [engine] = twins;
    fc.assert(
      fc.property(frames, tail, fc.nat(40), (octets, end, from) => {
        const chunk = concat(new Uint8Array(from), octets, end);
        const [table, status] = [new Int32Array(CAPACITY * 2), new Int32Array(1)];
        const count = scanOctets(chunk, from, chunk.length, 1000, table, status);
        engine.window.set(chunk, 0);
        expect(engine.scan(from, chunk.length, 1000)).toBe(count);
        expect(engine.status[0]).toBe(status[0]);
        expect(engine.table.slice(0, 2 * count)).toEqual(table.slice(0, 2 * count));
      }),
      { numRuns: runs(200) },
    );
  });

  it("finds each frame of a run of equal headers where it lies, however many there are", () => {
    for (const [size, flags] of [
      [3, 0],
      [3, 1],
      [0, 0],
      [255, 0],
      [3, 2],
      [300, 3],
    ]) {
      for (const count of [1, 2, 3, 4, 5, 6, 7, 9, 10, 13, 14, 100]) {
        const stream = concat(...Array.from({ length: count }, (_, i) => framed(pattern(size, i + 1), flags)));
        const header = flags & 2 ? 9 : 2;
        const rows = Array.from({ length: count }, (_, i) => {
          const start = INPUT + i * (header + size) + header;
          return [start, (start + size) | (flags << 31)];
        }).flat();
        for (const { rows: found, stopped } of scanned(stream, INPUT, 1000)) {
          expect(Array.from(found)).toEqual(rows);
          expect(stopped).toBe(INPUT + stream.length);
        }
      }
    }
  });

  it.each([
    ["short", 0],
    ["long", 2],
  ])("fills the table to its last row and not beyond, %s frames", (_, flags) => {
    for (const extra of [-1, 0, 1, 5]) {
      const one = framed(new Uint8Array(0), flags);
      const stream = new Uint8Array((CAPACITY + extra) * one.length);
      for (let at = 0; at < stream.length; at += one.length) stream.set(one, at);
      for (const engine of twins) {
        engine.selection[0] = 0x5eed;
        engine.window.set(stream, 0);
        const count = Math.min(CAPACITY, CAPACITY + extra);
        expect(engine.scan(0, stream.length, 1000)).toBe(count);
        expect(engine.status[0]).toBe(count * one.length);
        expect(engine.selection[0]).toBe(0x5eed);
      }
    }
  });
});

/** Lays rows in the selection of both engines and gathers them; what each wrote. */
function gathered(octets: Uint8Array, rows: readonly number[], first: number) {
  return twins.map((engine) => {
    engine.window.set(octets, 0);
    engine.selection.set(rows);
    engine.output.fill(0xaa);
    const length = engine.gather(first, rows.length / 2);
    return { stopped: engine.status[0], output: engine.output.slice(0, length) };
  });
}

describe("gather", () => {
  it("frames the same rows alike, as encodeFrame does", () => {
    const octets = pattern(5000, 9);
    const row = fc
      .tuple(fc.nat(3000), fc.oneof(fc.nat(300), fc.constantFrom(15, 16, 17, 254, 255, 256, 257, 2000)), fc.boolean())
      .map(([start, length, more]) => [start, length, more] as const);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.nat(3), (chosen, skip) => {
        const first = Math.min(skip, chosen.length - 1);
        const rows = chosen.flatMap(([start, length, more]) => [start, (start + length) | (more ? 1 << 31 : 0)]);
        const wanted = concat(
          ...chosen
            .slice(first)
            .map(([start, length, more]) => encodeFrame(octets.subarray(start, start + length), { more })),
        );
        for (const { stopped, output } of gathered(octets, rows, first)) {
          expect(stopped).toBe(chosen.length);
          expect(same(output, wanted)).toBe(true);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it("stops before the frame that the output has no room for", () => {
    const octets = pattern(OUTPUT_SIZE, 4);
    const [wasm, js] = gathered(octets, [0, OUTPUT_SIZE - 40, 5, 20, 100, 400], 0);
    expect(wasm.stopped).toBe(2);
    expect(js.stopped).toBe(2);
    expect(same(wasm.output, js.output)).toBe(true);
    expect(wasm.output.length).toBe(OUTPUT_SIZE - 40 + 9 + 15 + 2);
    const [none, neither] = gathered(octets, [0, OUTPUT_SIZE - 8], 0);
    expect([none.stopped, none.output.length, neither.stopped, neither.output.length]).toEqual([0, 0, 0, 0]);
    for (const { stopped, output } of gathered(octets, [0, OUTPUT_SIZE - 9], 0)) {
      expect([stopped, output.length]).toEqual([1, OUTPUT_SIZE]);
    }
  });
});

describe("judge", () => {
  it("finds the same octet of a greeting wrong, whichever one is changed to whatever", () => {
    const good = encodeGreeting();
    for (let i = 0; i < 64; i++) {
      for (let octet = 0; octet < 256; octet++) {
        const greeting = good.slice();
        greeting[i] = octet;
        const [wasm, js] = twins.map((engine) => {
          engine.greeting.set(greeting);
          return engine.judge(0, 64);
        });
        expect(js, `octet ${i} is ${octet}`).toBe(wasm);
      }
    }
  });

  it("judges octets that come one by one as it does all at once", () => {
    for (const name of ["NULL", "PLAIN", "A-B_C.D+E", "null", "CU\0RVE", "\0", "ABCDEFGHIJKLMNOPQRST", "A B"]) {
      const greeting = encodeGreeting().slice();
      greeting.fill(0, 12, 32);
      for (let i = 0; i < name.length; i++) greeting[12 + i] = name.charCodeAt(i);
      const verdicts = twins.flatMap((engine) => {
        engine.greeting.set(greeting);
        let at = 0;
        while (at < 64 && engine.judge(at, at + 1) === at + 1) at++;
        return [at, engine.judge(0, 64)];
      });
      expect(new Set(verdicts).size, name).toBe(1);
    }
  });
});
