/** Who may talk to whom: every pair of the eleven classic socket types, either end binding, over TCP and IPC. */
import { describe, expect, it } from "vitest";
import type { Readable, Socket, Writable } from "zeromq";
import type { ZmtpError } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { join, libzmq, meet, opened } from "../support/libzmq.js";
import type { Wire } from "../support/wire.js";

type Type = keyof typeof libzmq;
type LibzmqSocket = Socket & Readable & Writable;
type Talk = (wire: Wire, theirs: LibzmqSocket, pair: { ours: Type; theirs: Type }) => Promise<void>;

/** RFC 37, "The Socket-Type Property", and what the two have to say to each other. */
const LEGAL: Record<Type, { peers: readonly Type[]; talk: Talk }> = {
  REQ: { peers: ["REP", "ROUTER"], talk: askAndAnswer },
  REP: { peers: ["REQ", "DEALER"], talk: askAndAnswer },
  DEALER: { peers: ["REP", "DEALER", "ROUTER"], talk: askAndAnswer },
  ROUTER: { peers: ["REQ", "DEALER", "ROUTER"], talk: askAndAnswer },
  PUB: { peers: ["SUB", "XSUB"], talk: publish },
  XPUB: { peers: ["SUB", "XSUB"], talk: publish },
  SUB: { peers: ["PUB", "XPUB"], talk: subscribe },
  XSUB: { peers: ["PUB", "XPUB"], talk: subscribe },
  PUSH: { peers: ["PULL"], talk: weSend },
  PULL: { peers: ["PUSH"], talk: theySend },
  PAIR: { peers: ["PAIR"], talk: bothSend },
};
const TYPES = Object.keys(LEGAL) as Type[];

const meetings = (["tcp", "ipc"] as const).flatMap((transport) =>
  (["binds", "connects"] as const).map((libzmq) => ({ transport, libzmq })),
);

describe.each(codecs)("$name codec", (codec) => {
  describe.each(meetings)("over $transport, libzmq $libzmq", (meeting) => {
    it.each(TYPES.flatMap((ours) => LEGAL[ours].peers.map((theirs) => ({ ours, theirs }))))(
      "our $ours talks to a $theirs",
      async (pair) => {
        const theirs = await listening(pair.theirs);
        const wire = await meet({ socketType: pair.ours, identity: "us", codec }, theirs, meeting);

        expect(wire.session.state).toBe("active");
        expect(wire.session.peer).toMatchObject({
          socketType: pair.theirs,
          version: { major: 3, minor: 1 },
          mechanism: "NULL",
          identity: new Uint8Array(0),
        });
        await LEGAL[pair.ours].talk(wire, theirs, pair);
        expect(wire.session.error).toBeUndefined();
      },
    );
  });

  describe.each(TYPES)("our %s", (ours) => {
    it.each(TYPES.filter((theirs) => !LEGAL[ours].peers.includes(theirs)))(
      "refuses a %s, and says so",
      async (theirs) => {
        const wire = await join({ socketType: ours, codec }, opened(new libzmq[theirs]()));
        await wire.closed;

        const errors = wire.events.filter((event) => event.type === "Error");
        expect(errors.map(({ error }) => error.code)).toEqual(["SOCKET_TYPE_MISMATCH"]);
        expect(wire.events.at(-1)).toBe(errors[0]);
        expect(wire.sent.subarray(-28).toString("latin1")).toBe("\x04\x1a\x05ERROR\x13illegal-socket-type");
        expect((wire.session.error as ZmtpError).message).toContain(`The peer is a ${theirs}; ours is a ${ours}`);
        expect(() => wire.session.send("too late")).toThrow(wire.session.error);
      },
    );
  });
});

/** A libzmq socket, subscribed to news if it is one to subscribe. */
async function listening(type: Type): Promise<LibzmqSocket> {
  const socket = opened(new libzmq[type]());
  if (socket instanceof libzmq.SUB) socket.subscribe("news");
  if (socket instanceof libzmq.XSUB) await socket.send("\x01news");
  return socket as unknown as LibzmqSocket;
}

/** REQ and REP put an empty frame before what they have to say, and so must who talks to them; a ROUTER shows who spoke. */
async function askAndAnswer(wire: Wire, theirs: LibzmqSocket, pair: { ours: Type; theirs: Type }): Promise<void> {
  const delimited = [pair.ours, pair.theirs].some((type) => type === "REQ" || type === "REP");
  const onTheWire = (text: string) => (delimited ? ["", text] : [text]);
  const inLibzmq = (text: string) => {
    if (pair.theirs === "REQ" || pair.theirs === "REP") return [text];
    return pair.theirs === "ROUTER" ? ["us", ...onTheWire(text)] : onTheWire(text);
  };
  const weSay = async (text: string) => {
    await wire.send(onTheWire(text));
    expect((await theirs.receive()).map(String)).toEqual(inLibzmq(text));
  };
  const theySay = async (text: string) => {
    await theirs.send(inLibzmq(text));
    expect((await wire.message()).map(String)).toEqual(onTheWire(text));
  };
  const theyAsk = pair.theirs === "REQ" || pair.ours === "REP";
  for (const n of [1, 2]) {
    await (theyAsk ? theySay : weSay)(`question ${n}`);
    await (theyAsk ? weSay : theySay)(`answer ${n}`);
  }
}

async function publish(wire: Wire, theirs: LibzmqSocket): Promise<void> {
  // libzmq sends its subscriptions when the application looks after the socket.
  const heard = theirs.receive();
  expect(await wire.next("Command")).toMatchObject({ name: "SUBSCRIBE", data: new TextEncoder().encode("news") });
  await wire.send(["news", "of the day"]);
  expect((await heard).map(String)).toEqual(["news", "of the day"]);
}

async function subscribe(wire: Wire, theirs: LibzmqSocket, pair: { ours: Type; theirs: Type }): Promise<void> {
  await wire.write(wire.session.subscribe("news"));
  if (pair.theirs === "XPUB") expect((await theirs.receive()).map(String)).toEqual(["\x01news"]);
  // A PUB tells nobody when a subscription has reached it.
  do {
    await theirs.send(["other"]);
    await theirs.send(["news", "of the day"]);
    await wire.write(wire.session.ping());
    await wire.next("Command");
  } while (!wire.events.some(({ type }) => type === "Frame"));
  expect((await wire.message()).map(String)).toEqual(["news", "of the day"]);
  // An XSUB may speak up, an XPUB may listen.
  if (pair.ours === "XSUB" && pair.theirs === "XPUB") {
    await wire.send(["upstream", "too"]);
    expect((await theirs.receive()).map(String)).toEqual(["upstream", "too"]);
  }
}

async function weSend(wire: Wire, theirs: LibzmqSocket): Promise<void> {
  await wire.send("one frame");
  await wire.send(["two", "frames"]);
  expect((await theirs.receive()).map(String)).toEqual(["one frame"]);
  expect((await theirs.receive()).map(String)).toEqual(["two", "frames"]);
}

async function theySend(wire: Wire, theirs: LibzmqSocket): Promise<void> {
  await theirs.send("one frame");
  await theirs.send(["two", "frames"]);
  expect((await wire.message()).map(String)).toEqual(["one frame"]);
  expect((await wire.message()).map(String)).toEqual(["two", "frames"]);
}

async function bothSend(wire: Wire, theirs: LibzmqSocket): Promise<void> {
  await weSend(wire, theirs);
  await theySend(wire, theirs);
}
