/** Holds one mutant after the other against the campaign, in one process: Stryker's instrumenter has put all of them into the code. */

import { ZmtpSession } from "../../src/index.js";
import { catalogue, LIMIT } from "../faults/catalogue.js";
import { runCase } from "../fuzz/campaign.js";
import { check } from "../fuzz/check.js";
import { keptCases } from "../fuzz/corpus.js";
import { codecs } from "../support/codecs.js";

/** What Stryker's instrumented code looks at. */
interface Switch {
  activeMutant?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number;
  mutantCoverage?: { static: Record<string, number> };
}

const shared = globalThis as { __stryker__?: Switch };
shared.__stryker__ ??= {};
const mutation = shared.__stryker__;
const CASES = Number(process.env.CASES ?? 250);
/** A mutant that is passed so often is taken for an endless loop. */
const MOST_HITS = 3_000_000;
const corpus = keptCases("test/corpus");

Error.stackTraceLimit = 0;

function faults(): void {
  for (const codec of codecs) {
    for (const { ours, octets, ending, code, offset, section } of catalogue) {
      const session = new ZmtpSession({ socketType: ours, maxFrameSize: LIMIT, codec });
      for (const _ of session.receive(octets));
      if (ending === "closes") for (const _ of session.end());
      const { error } = session;
      if (error?.code !== code || error.offset !== offset || error.section !== section)
        throw new Error("another fault");
    }
  }
}

/** Whether anything is found to be wrong. */
function wrong(cases: number): boolean {
  try {
    for (let index = 0; index < cases; index++) if (runCase(7, index, index === 192) !== undefined) return true;
    if (cases < CASES) return false;
    for (const { kept } of corpus) check(kept);
    faults();
    return false;
  } catch {
    return true;
  }
}

/** Which mutants the checks pass by at all; those that are passed while modules load cannot be switched. */
const loaded = Object.keys(mutation.mutantCoverage?.static ?? {});
mutation.mutantCoverage ??= { static: {} };
const covered = mutation.mutantCoverage.static;
for (const id of loaded) delete covered[id];
if (wrong(CASES)) throw new Error("something is wrong without any mutant");
process.send?.({ ready: true, covered: Object.keys(covered), loaded });

process.on("message", (id: string) => {
  // What the one before has left behind must not be held against this one.
  mutation.activeMutant = undefined;
  if (wrong(8)) process.exit(3);
  mutation.hitCount = 0;
  mutation.hitLimit = MOST_HITS;
  mutation.activeMutant = id;
  const killed = wrong(CASES);
  mutation.activeMutant = undefined;
  process.send?.({ id, killed });
});
