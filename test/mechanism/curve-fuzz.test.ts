/**
 * CURVE with somebody between the peers who cuts, flips, repeats, swaps, drops and invents commands, from a seed: whatever
 * arrives, a session takes it or refuses it by a ZmtpError, and delivers nothing but what the other end has said, in order,
 * once.
 *
 * `CURVE_SEED` and `CURVE_CASES` choose others; a failure names its case.
 */
import { expect, it } from "vitest";
import { curveClient, curveKeyPair, curveServer, encodeZ85 } from "../../src/curve.js";
import { encodeCommand, encodeFrame, type SessionEvent, ZmtpError, ZmtpSession } from "../../src/index.js";
import { Random } from "../fuzz/random.js";
import { exhaustive } from "../support/amount.js";
import { concat } from "../support/pieces.js";

const SEED = Number(process.env.CURVE_SEED ?? 1);
const CASES = Number(process.env.CURVE_CASES ?? (exhaustive ? 20_000 : 400));

const [serverKeys, clientKeys] = [curveKeyPair(), curveKeyPair()];
const serving = curveServer({ ...serverKeys, check: (key) => encodeZ85(key) === clientKeys.publicKey });
const joining = curveClient({ serverKey: serverKeys.publicKey, ...clientKeys });

const NAMES = ["HELLO", "WELCOME", "INITIATE", "READY", "MESSAGE", "ERROR", "PING"] as const;
/** Commands that travelled on other connections of the same two peers; each case adds its own. */
const heardBefore: Uint8Array[] = [];
const MOST_HEARD = 200;

interface End {
  readonly session: ZmtpSession;
  /** What this end has said in messages, and which of them the other end has been told. */
  readonly said: string[];
  told: number;
  /** It has refused something. */
  over: boolean;
  readonly waiting: Uint8Array[];
}

const text = (octets: Uint8Array) => new TextDecoder().decode(octets);

/** Where the body of a frame begins. */
const bodyAt = (frame: Uint8Array) => ((frame[0] as number) & 2 ? 9 : 2);
const framed = (body: Uint8Array, command: boolean) => encodeFrame(body, { command });
const isCommand = (frame: Uint8Array) => ((frame[0] as number) & 4) !== 0;

/** What becomes of one frame on its way. */
const FATES: readonly ((frame: Uint8Array, random: Random, waiting: Uint8Array[]) => Uint8Array[])[] = [
  // Flipped: anywhere, header and name included, or in the parts that matter most.
  (frame, random) => {
    const out = frame.slice();
    for (let i = random.below(3); i >= 0; i--) out[random.below(out.length)] ^= 1 << random.below(8);
    return [out];
  },
  // Cut short or made longer, its header telling the truth.
  (frame, random) => [
    framed(frame.slice(bodyAt(frame), random.between(bodyAt(frame), frame.length)), isCommand(frame)),
  ],
  (frame, random) => [
    framed(concat(frame.slice(bodyAt(frame)), new Uint8Array(1 + random.below(40))), isCommand(frame)),
  ],
  // Said twice; not at all; behind the next one.
  (frame) => [frame, frame.slice()],
  () => [],
  (frame, _, waiting) => [...waiting.splice(0, 1), frame],
  // In place of it, or before it, one of another connection.
  (_, random) => [random.pick(heardBefore.length > 0 ? heardBefore : [encodeCommand("HELLO")])],
  (frame, random) => [random.pick(heardBefore.length > 0 ? heardBefore : [encodeCommand("READY")]), frame],
  // As a message in place of a command, or the other way round.
  (frame) => [framed(frame.slice(bodyAt(frame)), !isCommand(frame))],
  // Another name for the same, or a command of noise.
  (frame, random) => {
    const body = frame.slice(bodyAt(frame));
    return [encodeCommand(random.pick(NAMES), body.slice(1 + (body[0] as number)))];
  },
  (frame, random) => {
    const size = random.pick([0, 1, 8, 24, 25, 40, 160, 194, 248, 249, 300]);
    return [encodeCommand(random.pick(NAMES), new Uint8Array(size).fill(random.below(256))), frame];
  },
];

/** Frames of what was sent: a greeting goes as it is. */
function split(octets: Uint8Array): Uint8Array[] {
  if (octets[0] === 0xff) return [octets.slice()];
  const frames: Uint8Array[] = [];
  for (let at = 0; at < octets.length; ) {
    const long = ((octets[at] as number) & 2) !== 0;
    const size = long
      ? new DataView(octets.buffer, octets.byteOffset + at + 5).getUint32(0)
      : (octets[at + 1] as number);
    const end = at + (long ? 9 : 2) + size;
    frames.push(octets.slice(at, end));
    at = end;
  }
  return frames;
}

function hear(end: End, from: End, events: Iterable<SessionEvent>): void {
  for (const event of events) {
    expect(end.over, "nothing comes behind an error").toBe(false);
    if (event.type === "SendBytes") end.waiting.push(...split(event.bytes));
    else if (event.type === "Error") {
      end.over = true;
      expect(event.error).toBeInstanceOf(ZmtpError);
      expect(event.error.code).not.toBe("MECHANISM_FAILED");
    } else if (event.type === "Frame") {
      const at = from.said.indexOf(text(event.frame.payload), from.told);
      expect(at, `"${text(event.frame.payload)}" was said, and not told before`).toBeGreaterThanOrEqual(0);
      from.told = at + 1;
    }
  }
}

/** One conversation; says how it ended. */
function run(random: Random): string {
  const open = (mechanism: typeof serving): End => {
    const session = new ZmtpSession({ socketType: "PAIR", mechanism });
    return { session, said: [], told: 0, over: false, waiting: [session.start()] };
  };
  const [client, server] = [open(joining), open(serving)];
  const reckless = random.pick([3, 6, 12]);
  let steps = 0;
  for (; client.waiting.length + server.waiting.length > 0; steps++) {
    if (steps > 300) throw new Error("they go on for ever");
    const [from, to] =
      (random.once(2) && server.waiting.length > 0) || client.waiting.length === 0
        ? [server, client]
        : [client, server];
    const frame = from.waiting.shift() as Uint8Array;
    const greeting = frame[0] === 0xff;
    if (!greeting && heardBefore.length < MOST_HEARD) heardBefore.push(frame);
    else if (!greeting) heardBefore[random.below(MOST_HEARD)] = frame;
    const arriving = greeting || !random.once(reckless) ? [frame] : random.pick(FATES)(frame, random, from.waiting);
    for (const octets of arriving) {
      const cut = random.below(octets.length + 1);
      for (const piece of [octets.subarray(0, cut), octets.subarray(cut)]) hear(to, from, to.session.receive(piece));
    }
    for (const end of [client, server]) {
      if (end.session.state !== "active" || end.session.error || end.said.length > 6 || !random.once(2)) continue;
      end.said.push(`${end === client ? "client" : "server"} ${end.said.length} ${"x".repeat(random.below(300))}`);
      end.waiting.push(...split(end.session.send(end.said.at(-1) as string)));
      if (random.once(4)) end.waiting.push(...split(end.session.ping({ context: new Uint8Array([1]) })));
    }
  }
  // Whoever has been let in has the key that it says.
  if (server.session.state === "active") {
    expect(encodeZ85(server.session.peer?.publicKey as Uint8Array)).toBe(clientKeys.publicKey);
  }
  hear(client, server, client.session.end());
  hear(server, client, server.session.end());
  const ended = [client, server].map(({ session }) => session.error?.code ?? "fine").join(" ");
  for (const { session } of [client, server]) {
    session.erase();
    expect([...session.receive(encodeCommand("HELLO"))].filter(({ type }) => type === "Frame")).toEqual([]);
  }
  return ended;
}

it(`takes or refuses whatever comes: ${CASES} conversations from seed ${SEED}`, { timeout: 600_000 }, () => {
  const ends = new Map<string, number>();
  for (let index = 0; index < CASES; index++) {
    try {
      const end = run(new Random(Math.imul(SEED, 0x9e3779b1) ^ index));
      ends.set(end, (ends.get(end) ?? 0) + 1);
    } catch (cause) {
      throw new Error(`case ${index} of seed ${SEED}: ${(cause as Error).message}`, { cause });
    }
  }
  // All of it has happened: some got through, and each kind of forgery was seen.
  const seen = [...ends.keys()].join();
  for (const code of [
    "fine fine",
    "CURVE_BOX",
    "CURVE_NONCE",
    "MALFORMED_COMMAND",
    "UNEXPECTED_COMMAND",
    "PEER_CLOSED",
  ]) {
    expect(seen).toContain(code);
  }
});
