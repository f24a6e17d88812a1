/**
 * The raw peers with which libzmq tests itself, as scripts: octets said, octets heard, and what the application is told. Each script is
 * played to libzmq and to a session of ours, so that neither the script nor we can be wrong alone.
 */
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import * as zmq from "zeromq";
import { type Codec, type SessionEvent, type SocketType, ZmtpSession } from "../../src/index.js";
import { ascii, writeCommand, writeProperty } from "../oracle/command.js";
import { join, writeFrame } from "../oracle/framing.js";
import { codecs } from "../support/codecs.js";
import { connect, libzmq, opened } from "../support/libzmq.js";

type Step =
  /** The raw peer says something, */
  | { readonly say: Uint8Array }
  /** hears just this, */
  | { readonly hear: Uint8Array }
  /** or so many octets that begin and go on as they like. */
  | { readonly hearSome: number }
  /** The application behind the other end is given this, a subscription included, */
  | { readonly told: Uint8Array }
  /** says this, */
  | { readonly tell: string }
  /** or subscribes. */
  | { readonly subscribe: string };

const bytes = (...parts: readonly (number | string)[]) =>
  join(...parts.map((part) => (typeof part === "string" ? ascii(part) : Uint8Array.of(part))));

function greeting(minor: number): Uint8Array {
  const octets = new Uint8Array(64);
  octets.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, minor, ...ascii("NULL")]);
  return octets;
}

const ready = (type: string) => writeCommand("READY", writeProperty("Socket-Type", ascii(type)));
const readyOf = (type: string, identity?: Uint8Array) =>
  writeCommand(
    "READY",
    writeProperty("Socket-Type", ascii(type)),
    ...(identity ? [writeProperty("Identity", identity)] : []),
  );
const shake = (minor: number, mine: string, theirs: Uint8Array): Step[] => [
  { say: greeting(minor) },
  { hearSome: 64 },
  { say: ready(mine) },
  { hear: theirs },
];

const subscribeCommand = writeCommand("SUBSCRIBE", ascii("A"));
const subscribeMessage = bytes(0, 2, 1, "A");
const message = bytes(0, 4, "ALOL");
const LONG_CONTEXT = join(ascii("LOL"), new Uint8Array(57).fill(0x7a));

interface Script {
  readonly title: string;
  readonly to: SocketType & keyof typeof libzmq;
  readonly steps: readonly Step[];
}

const scripts: readonly Script[] = [
  ...([1, 0] as const).map((minor) => ({
    title: `a SUB of 3.${minor} subscribes and is sent to`,
    to: "XPUB" as const,
    steps: [
      ...shake(minor, "SUB", readyOf("XPUB")),
      { say: minor === 1 ? subscribeCommand : subscribeMessage },
      { told: bytes(1, "A") },
      { tell: "ALOL" },
      { hear: message },
    ],
  })),
  ...([1, 0] as const).map((minor) => ({
    title: `an XPUB of 3.${minor} hears the subscription as it understands it, and publishes`,
    to: "SUB" as const,
    steps: [
      ...shake(minor, "XPUB", readyOf("SUB")),
      { subscribe: "A" },
      { hear: minor === 1 ? subscribeCommand : subscribeMessage },
      { say: message },
      { told: ascii("ALOL") },
    ],
  })),
  {
    title: "a DEALER's PINGs come back as PONGs, behind each other and with their context",
    to: "ROUTER",
    steps: [
      ...shake(1, "DEALER", readyOf("ROUTER", new Uint8Array(0))),
      {
        say: join(
          writeCommand("PING", bytes(0, 0, "LOL")),
          writeCommand("PING", bytes(0, 0), new Uint8Array(16).fill(7)),
        ),
      },
      { hear: writeCommand("PONG", ascii("LOL")) },
      { hear: writeCommand("PONG", new Uint8Array(16).fill(7)) },
    ],
  },
];

/** libzmq's way with a context that is too long: the first sixteen octets come back. */
const cutContext: Script = {
  title: "a DEALER's PING with a context of 60 octets brings 16 of them back",
  to: "ROUTER",
  steps: [
    ...shake(1, "DEALER", readyOf("ROUTER", new Uint8Array(0))),
    { say: writeCommand("PING", bytes(0, 0), LONG_CONTEXT) },
    { hear: writeCommand("PONG", LONG_CONTEXT.subarray(0, 16)) },
  ],
};

/** Whoever the script is played to. */
interface Stage {
  say(octets: Uint8Array): void;
  hear(count: number): Promise<Uint8Array>;
  told(): Promise<Uint8Array>;
  tell(text: string): Promise<void>;
  subscribe(prefix: string): void;
}

async function play({ steps }: Script, stage: Stage): Promise<void> {
  for (const step of steps) {
    if ("say" in step) stage.say(step.say);
    else if ("hear" in step) expect(hex(await stage.hear(step.hear.length))).toBe(hex(step.hear));
    else if ("hearSome" in step) await stage.hear(step.hearSome);
    else if ("told" in step) expect(hex(await stage.told())).toBe(hex(step.told));
    else if ("tell" in step) await stage.tell(step.tell);
    else stage.subscribe(step.subscribe);
  }
}

const hex = (octets: Uint8Array) => Buffer.from(octets).toString("hex");

/** Octets from a socket, as many as are asked for. */
async function read(socket: Socket, count: number): Promise<Uint8Array> {
  for (;;) {
    const octets: Buffer | null = socket.read(count);
    if (octets !== null) return octets;
    // Not `once(socket, "readable")`: with some octets there but not enough, Node says "readable" for ever, and never reads on.
    await setImmediate();
  }
}

async function libzmqStage(to: Script["to"]): Promise<Stage> {
  const theirs = opened(new libzmq[to]({ linger: 0 }) as zmq.Socket);
  const socket = await connect(theirs);
  socket.pause();
  let next: Promise<Buffer[]> | undefined;
  return {
    say: (octets) => void socket.write(octets),
    hear: (count) => read(socket, count),
    told: async () => {
      const frames = await (next ?? (theirs as zmq.Pair).receive());
      next = undefined;
      return frames.at(-1) as Buffer;
    },
    tell: (text) => (theirs as zmq.Pair).send(text),
    subscribe: (prefix) => {
      (theirs as zmq.Subscriber).subscribe(prefix);
      // A subscription leaves when the socket is used.
      next = (theirs as zmq.Subscriber).receive();
      next.catch(() => {});
    },
  };
}

function ourStage(to: Script["to"], codec: Codec): Stage {
  const session = new ZmtpSession({ socketType: to, codec });
  let said: Uint8Array = session.start();
  const events: SessionEvent[] = [];
  const out = (octets: Uint8Array) => {
    said = join(said, octets);
  };
  return {
    say(octets) {
      for (const event of session.receive(octets)) {
        if (event.type === "SendBytes") out(event.bytes);
        else if (event.type === "Error") throw event.error;
        else events.push(event);
      }
    },
    hear: async (count) => {
      const heard = said.slice(0, count);
      said = said.slice(count);
      return heard;
    },
    told: async () => {
      for (let event = events.shift(); event !== undefined; event = events.shift()) {
        if (event.type === "Frame") return event.frame.payload;
        if (event.type === "Command") return join(Uint8Array.of(event.name === "SUBSCRIBE" ? 1 : 0), event.data);
      }
      throw new Error("the application was told nothing");
    },
    tell: async (text) => out(session.send(text)),
    subscribe: (prefix) => out(session.subscribe(prefix)),
  };
}

describe.each(scripts)("$title", (script) => {
  it("libzmq", async () => play(script, await libzmqStage(script.to)));
  it.each(codecs)("ours, $name", (codec) => play(script, ourStage(script.to, codec)));
});

describe(cutContext.title, () => {
  it("libzmq", async () => play(cutContext, await libzmqStage(cutContext.to)));
  it.each(codecs)("ours, $name", (codec) => play(cutContext, ourStage(cutContext.to, codec)));
});

/** Peers from before ZMTP 3: PUSHes that libzmq still understands. We refuse them, and say what they are. */
const OLD = [
  {
    version: "1.0",
    // An identity of no octets, then a message: length, flags, body.
    says: bytes(1, 0, 6, 0, "hello"),
    code: "NOT_ZMTP",
    offset: 0,
  },
  {
    version: "1.0, by a long identity",
    says: join(Uint8Array.of(0xff, 0, 0, 0, 0, 0, 0, 0, 4, 0), ascii("bob"), bytes(6, 0, "hello")),
    code: "OLD_VERSION",
    offset: 9,
  },
  {
    version: "2.0",
    // Signature, revision 1, PUSH, an identity, then a message in frames as they still are.
    says: join(Uint8Array.of(0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, 8, 0, 0), writeFrame(ascii("hello"))),
    code: "OLD_VERSION",
    offset: 10,
  },
] as const;

describe.each(OLD)("a PUSH of ZMTP $version", ({ says, code, offset }) => {
  it("is one: libzmq downgrades to it, and its message arrives", async () => {
    const theirs = opened(new zmq.Pull({ linger: 0 }));
    const socket = await connect(theirs);
    socket.on("error", () => {});
    socket.write(says);
    expect((await theirs.receive()).map(String)).toEqual(["hello"]);
  });

  it.each(codecs)("is refused at the octet that shows it, $name", (codec) => {
    const session = new ZmtpSession({ socketType: "PULL", codec });
    const events = [...says].flatMap((octet) => [...session.receive(Uint8Array.of(octet))]);
    expect(events).toMatchObject([{ type: "Error", error: { code, offset } }]);
    expect(session.error?.hint).toMatch(/ZeroMQ|ZMTP/);
  });
});
