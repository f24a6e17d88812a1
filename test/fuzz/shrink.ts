/** Makes a failing case smaller for as long as it still fails. */
import type { Case, Peer, Step } from "./case.js";

type Fails = (candidate: Case) => boolean;

/** The smallest case that was found within the time given. */
export function shrink(found: Case, fails: Fails, milliseconds = 20_000): Case {
  const deadline = Date.now() + milliseconds;
  const late = () => Date.now() > deadline;
  let best = found;
  const attempt = (candidate: Case): boolean => {
    if (late() || !fails(candidate)) return false;
    best = candidate;
    return true;
  };
  for (let before: Case | undefined; before !== best && !late(); ) {
    before = best;
    for (let i = best.peers.length - 1; i > 0; i--) attempt(withoutPeer(best, i));
    shrinkList(best.steps.length, late, (from, to) => attempt({ ...best, steps: cutOut(best.steps, from, to) }));
    for (let i = best.steps.length - 1; i > 0; i--) attempt({ ...best, steps: merged(best.steps, i) });
    best.steps.forEach((_, i) => {
      for (const simpler of simplerSteps(best.steps[i])) {
        attempt({ ...best, steps: best.steps.map((step, at) => (at === i ? simpler : step)) });
      }
    });
    best.peers.forEach((_, i) => {
      const change = (part: Partial<Peer>) =>
        attempt({ ...best, peers: best.peers.map((peer, at) => (at === i ? { ...peer, ...part } : peer)) });
      change({ other: false });
      change({ forward: 0 });
      shrinkList(best.peers[i].stream.length, late, (from, to) =>
        change({ stream: without(best.peers[i].stream, from, to) }),
      );
      shrinkList(best.peers[i].stream.length, late, (from, to) => {
        const { stream } = best.peers[i];
        if (stream.subarray(from, to).every((octet) => octet === 0)) return false;
        const blank = stream.slice();
        blank.fill(0, from, to);
        return change({ stream: blank }) && false;
      });
    });
  }
  return best;
}

/** Tries to do without ever smaller ranges of a list. */
function shrinkList(length: number, late: () => boolean, leaveOut: (from: number, to: number) => boolean): void {
  let left = length;
  for (let size = 1 << Math.ceil(Math.log2(length + 1)); size >= 1 && !late(); size >>= 1) {
    for (let from = 0; from < left && !late(); ) {
      const to = Math.min(left, from + size);
      if (leaveOut(from, to)) left -= to - from;
      else from = to;
    }
  }
}

function* simplerSteps(step: Step): Iterable<Step> {
  const { inside, ...bare } = step;
  if (inside !== undefined) yield bare;
  yield { ...step, way: "push" };
  yield { ...step, read: -1 };
  yield { ...step, read: 0 };
}

/** Step i and the one before it as one, if the same peer takes them. */
function merged(steps: readonly Step[], i: number): Step[] {
  const [first, second] = [steps[i - 1], steps[i]];
  if (first.peer !== second.peer || first.inside || second.inside) return [...steps];
  return [...steps.slice(0, i - 1), { ...second, take: first.take + second.take }, ...steps.slice(i + 1)];
}

function withoutPeer({ peers, steps }: Case, gone: number): Case {
  const keep = (step: Step): Step[] => {
    const { inside, ...bare } = step;
    const within = inside === undefined ? [] : keep(inside);
    if (step.peer === gone) return within;
    const peer = step.peer > gone ? step.peer - 1 : step.peer;
    return [within.length > 0 ? { ...bare, peer, inside: within[0] } : { ...bare, peer }];
  };
  return { peers: peers.filter((_, i) => i !== gone), steps: steps.flatMap(keep) };
}

function cutOut<T>(list: readonly T[], from: number, to: number): T[] {
  return [...list.slice(0, from), ...list.slice(to)];
}

function without(octets: Uint8Array, from: number, to: number): Uint8Array {
  const rest = new Uint8Array(octets.length - (to - from));
  rest.set(octets.subarray(0, from));
  rest.set(octets.subarray(to), from);
  return rest;
}
