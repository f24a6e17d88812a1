/**
 * What the project's tests use of Vitest, such that one test can be run alone, at once, and again: they are collected into `tests`.
 * Expectations are Vitest's own.
 */
import {
  chai,
  customMatchers,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";
import { fn, spyOn } from "@vitest/spy";

/** All tests, in their order: `name`, `run`, and the suites around each, from the outermost. */
export const tests = [];

const suite = (name) => ({ name, beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] });
let suites = [];
let finished = [];

/** What is collected from here on stands in a file of its own. */
export function newFile() {
  suites = [suite("")];
}

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
export const expect = (value, message) => chai.expect(value, message);
Object.assign(expect, chai.expect, {
  unreachable: (message) => chai.assert.fail(message),
  assertions: () => {},
  soft: expect,
});
globalThis[GLOBAL_EXPECT] = expect;
setState({ assertionCalls: 0 }, expect);
chai.expect.extend(expect, customMatchers);

const bodyOf = (...args) => args.find((arg) => typeof arg === "function");

export function it(name, ...rest) {
  const body = bodyOf(...rest);
  if (body !== undefined) tests.push({ name: [...suites.map((one) => one.name), name].join(" "), body, suites });
}

export function describe(name, ...rest) {
  const outside = suites;
  suites = [...suites, suite(name)];
  bodyOf(...rest)();
  suites = outside;
}

for (const [one, collect] of [
  [it, it],
  [describe, describe],
]) {
  one.each =
    (rows) =>
    (name, ...rest) => {
      const body = bodyOf(...rest);
      for (const [i, row] of rows.entries()) collect(`${name} ${i}`, () => body(...(Array.isArray(row) ? row : [row])));
    };
  one.skipIf = (skip) => (skip ? Object.assign(() => {}, { each: () => () => {} }) : one);
  one.runIf = (run) => one.skipIf(!run);
  one.skip = () => {};
  one.concurrent = one;
  one.sequential = one;
}
export const test = it;

const hook = (when) => (body) => void suites.at(-1)[when].push(body);
export const beforeAll = hook("beforeAll");
export const afterAll = hook("afterAll");
export const beforeEach = hook("beforeEach");
export const afterEach = hook("afterEach");
export const onTestFinished = (body) => void finished.push(body);

/** A clock that stands still, of those that Vitest has; tests that need faked timers, too, are left out. */
const clock = Date.now;
const standing = {
  useFakeTimers({ toFake }) {
    if (toFake.some((one) => one !== "Date")) throw new Error("no test of this runner: it fakes timers");
    standing.setSystemTime(clock());
  },
  setSystemTime(time) {
    Date.now = () => time;
  },
  useRealTimers() {
    Date.now = clock;
  },
};
export const vi = { fn, spyOn, ...standing };

/** Runs one test with all that stands around it; throws as it does. */
export async function run({ body, suites }) {
  finished = [];
  const failures = [];
  const attempt = async (step) => {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  };
  for (const when of ["beforeAll", "beforeEach"]) {
    for (const suite of suites) for (const step of suite[when]) await attempt(step);
  }
  if (failures.length === 0) await attempt(() => body({ expect, onTestFinished }));
  for (const step of finished.splice(0).reverse()) await attempt(step);
  for (const when of ["afterEach", "afterAll"]) {
    for (const suite of suites.toReversed()) for (const step of suite[when]) await attempt(step);
  }
  if (failures.length > 0) throw failures[0];
}
