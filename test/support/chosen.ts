/** Which functions of which codec are called. */
import type { Codec } from "../../src/index.js";
import { codecs } from "./codecs.js";

const FUNCTIONS = ["gather", "judge", "scan"] as const;
type Operations = Codec & Record<(typeof FUNCTIONS)[number], (...args: never[]) => unknown>;

/** Runs it, and says which functions of the codecs it has called, in the order of the alphabet. */
export async function working(run: () => unknown): Promise<string[]> {
  const called = new Set<string>();
  const engines = codecs as readonly Operations[];
  const spied = engines.flatMap((engine) => FUNCTIONS.map((name) => [engine, name, engine[name]] as const));
  for (const [engine, name, real] of spied) {
    const spy = (...args: never[]) => {
      called.add(`${engine.name} ${name}`);
      return real.apply(engine, args);
    };
    Object.assign(engine, { [name]: spy });
  }
  try {
    await run();
  } finally {
    for (const [engine, name, real] of spied) Object.assign(engine, { [name]: real });
  }
  return [...called].sort();
}
