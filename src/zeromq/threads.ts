/**
 * Worker threads: the options of the default context are the same on all that begin later, as libzmq has one for the
 * process.
 */
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import type { ContextCore } from "../socket/context.js";

const KEY = "monocoque/zeromq context";

/** Takes over what the thread that began this one has set, and hands on what is set here. */
export function shareAmongThreads(context: ContextCore): void {
  const values = new Map(getEnvironmentData(KEY) as unknown as Map<number, number> | undefined);
  for (const [id, value] of values) context.set(id, value);
  context.changed = (id, value) => setEnvironmentData(KEY, values.set(id, value) as never);
}
