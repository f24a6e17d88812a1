/** The header scan alone: rows written per frame, the memory already filled. */
import { compare, median, ratio } from "../lib/compare.js";
import { times } from "../lib/table.js";
import { workloads } from "../lib/workloads.js";

/** The region after the headroom: any place in the window will do. */
const FROM = 131_136;
const LIMIT = 64 * 1024 * 1024;

/** Scans the whole of a workload with a codec's own function, run by run. */
export function scanner(engine, { bytes }) {
  engine.window.set(bytes, FROM);
  const to = FROM + bytes.length;
  return () => {
    let at = FROM;
    while (at < to) {
      if (engine.scan(at, to, LIMIT) === 0) throw new Error("the scan stopped");
      at = engine.status[0];
    }
  };
}

/** `extra` adds contenders that only some machines have: plain loops in C and in AssemblyScript. */
export async function scan({ codecs, extra = () => ({}), progress }) {
  const rows = [];
  for (const workload of workloads) {
    progress(`scan ${workload.name}`);
    const [wasm, js] = codecs;
    const { contenders, elsewhere } = extra(workload);
    const ours = { wasm: scanner(wasm, workload), js: scanner(js, workload) };
    const found = await compare({ ...ours, ...contenders }, workload.frames, { elsewhere });
    rows.push({
      frames: workload.name,
      "vs C": found.c && times(ratio(found, "wasm", "c")),
      "vs plain loop": found.plain && times(ratio(found, "wasm", "plain")),
      "vs TypeScript": times(ratio(found, "wasm", "js")),
      "WASM ns": median(found.wasm),
      "TypeScript ns": median(found.js),
      "plain loop ns": found.plain && median(found.plain),
      "C -O3 ns": found.c && median(found.c),
    });
  }
  return {
    title: "Scan",
    note: "Reading frame headers into a table, ns a frame, 64 KiB of frames.",
    columns: Object.keys(rows[0]),
    rows,
  };
}
