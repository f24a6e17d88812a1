/** A campaign in several processes: each takes every so-manieth share of the cases, so that the seed still decides all of them. */
import { type ChildProcess, fork } from "node:child_process";

/** Cases that one process takes at a time: four blocks, of which the last compares the twins. */
const SHARE = 256;

/** What each process says when it is done. */
export interface Done {
  readonly cases: number;
  readonly finds: number;
}

/** The first case from `index` on that is this part's, of so many. */
export function nextOf(index: number, part: number, jobs: number): number {
  const ahead = (((part - Math.floor(index / SHARE)) % jobs) + jobs) % jobs;
  return ahead === 0 ? index : (Math.floor(index / SHARE) + ahead) * SHARE;
}

/** Runs the same program once for each part; what all of them did. */
export async function inProcesses(program: string, args: readonly string[], jobs: number): Promise<Done> {
  const children = Array.from({ length: jobs }, (_, part) => fork(program, [...args, "--part", `${part}`]));
  const all = await Promise.all(children.map(done));
  return all.reduce((sum, one) => ({ cases: sum.cases + one.cases, finds: sum.finds + one.finds }));
}

function done(child: ChildProcess): Promise<Done> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as Done));
    child.once("exit", (code, signal) => reject(new Error(`a part of the campaign ended: ${signal ?? code}`)));
  });
}
