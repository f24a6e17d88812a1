/** One case of the campaign as data: streams, and when which octets of them are taken in and how much is read of what came. */
import type { PlainRole } from "../oracle/plain.js";
import type { Random } from "./random.js";
import { conversation, frameStream, largeStream } from "./streams.js";

/** How octets get in. */
export type Way =
  /** A chunk that is overwritten as soon as it has been taken in. */
  | "push"
  /** `reserve`, then `commit`. */
  | "commit"
  /** For sessions: `receiveBatches`. */
  | "batches"
  /** `reserve`, then the step inside, then `commit`: whoever else used the region meanwhile has it. */
  | "late"
  /** A chunk that is given away for good, as transports may. */
  | "owned";

export interface Step {
  readonly peer: number;
  /** Octets of the peer's stream. */
  readonly take: number;
  readonly way: Way;
  /** How many batches or events are asked for before the iteration is broken off; -1: all. */
  readonly read: number;
  /** Done once in the middle of the reading. */
  readonly inside?: Step;
}

export interface Peer {
  readonly stream: Uint8Array;
  /** Longest payload it may send. */
  readonly limit: number;
  /** Whether the other codec decodes it. */
  readonly other: boolean;
  /** Which of 8 frames are forwarded through an encoder, as bits. */
  readonly forward: number;
  /** Our socket type, for conversations; a bare decoder has none. */
  readonly ours?: string;
  /** Which side of PLAIN we are; NULL if none. */
  readonly plain?: PlainRole;
}

export interface Case {
  readonly peers: readonly Peer[];
  readonly steps: readonly Step[];
}

const LIMITS = [0, 1, 20, 255, 256, 1000, 4000, 4000, 67108864, 0x7fffffff];
const OURS = ["PUB", "XPUB", "SUB", "DEALER", "ROUTER", "PULL", "PAIR", "REQ", "REP", "CLIENT", "DISH"];

/** A case for chance to make. `edges`: offsets in the codec's memory that large streams are to lie across. */
export function makeCase(random: Random, edges: readonly number[]): Case {
  const large = random.once(1500);
  const sessions = random.below(5) < 2;
  const count = random.pick([1, 1, 1, 1, 2, 2, 3]);
  const peers: Peer[] = [];
  for (let i = 0; i < (large ? 1 + random.below(2) : count); i++) {
    const limit = large ? random.pick([67108864, 300000]) : random.pick(LIMITS);
    const common = { limit, other: random.once(3), forward: random.pick([0, 0, 255, 1, 0b10110111]) };
    const ours = sessions && !large ? random.pick(OURS) : undefined;
    if (ours === undefined) {
      peers.push({ ...common, stream: large ? largeStream(random, edges) : frameStream(random, limit) });
    } else {
      const plain = random.pick<PlainRole | undefined>([undefined, undefined, "client", "server"]);
      const stream = conversation(random, ours, plain);
      peers.push(plain === undefined ? { ...common, ours, stream } : { ...common, ours, plain, stream });
    }
  }
  return { peers, steps: schedule(random, peers, large) };
}

function piece(random: Random, lengths: readonly number[]): number {
  const least = Math.ceil(Math.max(...lengths) / (random.once(12) ? 200 : 24));
  return Math.max(least, random.pick([1, 2, 7, 12, 40, 300, 4000, 100000]));
}

/** Cuts all streams into steps, in turns. */
export function schedule(random: Random, peers: readonly Peer[], large: boolean): Step[] {
  const left = peers.map(({ stream }) => stream.length);
  const steps: Step[] = [];
  // Some cases see each octet on its own, some see all at once; long streams are not cut into thousands of pieces.
  const most = large ? random.pick([70000, 262144, 1048576, 1100000, 5000000]) : piece(random, left);
  const lazy = random.pick([1, 3, 1000]);
  const makeStep = (depth: number): Step | undefined => {
    const peer = random.below(peers.length);
    if (left[peer] === 0 && depth > 0) return undefined;
    const take = Math.min(left[peer], random.between(0, most));
    left[peer] -= take;
    const way = random.pick<Way>(["push", "push", "push", "batches", "commit", "late", "owned", "owned"]);
    const nested = depth < 3 && peers.length > 1 && random.once(5) ? makeStep(depth + 1) : undefined;
    const step = { peer, take, way, read: random.once(lazy) ? -1 : random.below(4) };
    return nested === undefined ? step : { ...step, inside: nested };
  };
  while (left.some((octets) => octets > 0) && steps.length < 5000) {
    const step = makeStep(0);
    if (step !== undefined) steps.push(step);
  }
  return steps;
}
