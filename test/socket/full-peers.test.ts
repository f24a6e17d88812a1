/** What a socket type does with peers that are full, silent or unknown: peers made here, so that they are it for sure. */
import { expect, it } from "vitest";
import { defaultCodec } from "../../src/codec/default.js";
import { runOf } from "../../src/codec/message-run.js";
import type { Link } from "../../src/connection/link.js";
import { ZmtpOutbox } from "../../src/connection/zmtp-outbox.js";
import { ByIdentity } from "../../src/socket/by-identity.js";
import { EncodedOnce } from "../../src/socket/encoded-once.js";
import { FairQueue } from "../../src/socket/fair-queue.js";
import { FanOut } from "../../src/socket/fan-out.js";
import type { SentMessage } from "../../src/socket/message.js";
import { bytesOf, partsOf } from "../../src/socket/message.js";
import { OnePeer } from "../../src/socket/one-peer.js";
import { Pattern } from "../../src/socket/pattern.js";
import { server } from "../../src/socket/patterns/client-server.js";
import { pub, type XPublisherPattern, xpub } from "../../src/socket/patterns/publish.js";
import { type DishPattern, dish } from "../../src/socket/patterns/radio-dish.js";
import { request } from "../../src/socket/patterns/request.js";
import { router } from "../../src/socket/patterns/router.js";
import { stream } from "../../src/socket/patterns/stream.js";
import { type SubscriberPattern, sub } from "../../src/socket/patterns/subscribe.js";
import type { Pipe } from "../../src/socket/pipe.js";
import { RoundRobin } from "../../src/socket/round-robin.js";
import { Run } from "../../src/socket/run.js";
import { initialSettings, type Settings } from "../../src/socket/settings.js";
import { WirePipe } from "../../src/socket/wire-pipe.js";

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));
const frames = (...all: string[]) => all.map(bytes);
const run = (...all: string[]) => new Run(runOf(frames(...all)));
const settings = (some: Partial<Settings> = {}): Settings => ({ ...initialSettings(), ...some });
const plain = (message: readonly unknown[] | undefined) =>
  message?.map((frame) => Buffer.from(frame as never).toString());

/** A peer whose room is what the test says, and that has said what the test says. */
class Peer implements Pipe {
  readonly identity: Uint8Array;
  readonly got: unknown[] = [];
  readonly said: Uint8Array[][] = [];
  readonly inRuns = true;
  readonly room = 1;
  writable: boolean;

  constructor(writable: boolean, identity = "") {
    this.writable = writable;
    this.identity = bytes(identity);
  }

  get readable() {
    return this.said.length > 0;
  }

  receive = () => this.said.shift();
  receiveBatch = () => this.said[0] && runOf(this.said.shift() as Uint8Array[]);
  send = (message: SentMessage) => void this.got.push(...(plain(partsOf(message).map(bytesOf)) as string[]));
  sendShared = ({ message }: EncodedOnce) => this.send(message);
  sendRun = (sent: Run, from: number, to: number) => {
    for (let i = from; i < to; i++) this.got.push(Buffer.from(sent.frames.payload(i)).toString());
  };
  subscribe = () => {};
  cancel = () => {};
  join = () => {};
  leave = () => {};
  close = () => void this.got.push("close");
}

it.each([true, false])(
  "a publisher passes a run on to whoever has room, with noDrop (%s) to all or to nobody",
  (noDrop) => {
    const pattern = xpub(settings({ noDrop }));
    const [free, full] = [new Peer(true), new Peer(false)];
    for (const peer of [free, full]) {
      pattern.attached(peer);
      pattern.subscribed(peer, bytes("news"), true);
    }
    expect(pattern.sendRun(run("news", "body"), 0)).toBe(noDrop ? 0 : 2);
    expect([free.got, full.got]).toEqual([noDrop ? [] : ["news", "body"], []]);
    full.writable = true;
    expect(pattern.sendRun(run("news", "later"), 0)).toBe(2);
    expect(full.got).toEqual(["news", "later"]);
  },
);

it("the one subscriber loses a message that it has no room for", () => {
  const fan = new FanOut();
  const peer = new Peer(false);
  fan.attach(peer);
  fan.subscribe(peer, bytes(""));
  expect([fan.send("lost", false, false), fan.send("kept back", false, true), peer.got]).toEqual([true, false, []]);
  // Who was never there takes no subscription along.
  fan.detach(new Peer(true), () => expect.unreachable());
});

it("a publisher is told nothing by `receive`, and decides nothing before it has heard a wish", () => {
  expect(() => pub(settings()).receive()).toThrow(expect.objectContaining({ code: "ENOTSUP" }));
  const pattern = xpub(settings({ manual: true })) as XPublisherPattern;
  const peer = new Peer(true);
  pattern.attached(peer);
  pattern.subscribe(bytes("a"), true);
  pattern.send("a: not yet");
  pattern.subscribed(peer, bytes("wish"), true);
  expect(plain(pattern.receive())).toEqual(["\u0001wish"]);
  pattern.subscribe(bytes("a"), true);
  pattern.send("a: heard");
  pattern.subscribe(bytes("a"), false);
  pattern.send("a: no more");
  expect(peer.got).toEqual(["a: heard"]);
});

it.each([true, false])(
  "a ROUTER that is mandatory (%s) keeps what a full peer has no room for, else drops it",
  (mandatory) => {
    const pattern = router(settings({ mandatory }));
    const peer = new Peer(false, "who");
    pattern.attached(peer);
    expect(pattern.sendRun(run("who", "body"), 0)).toBe(mandatory ? 0 : 2);
    peer.writable = true;
    // Nothing behind the identity is nothing to send.
    expect(pattern.sendRun(run("who"), 0)).toBe(1);
    expect(pattern.sendRun(run("who", "now"), 0)).toBe(2);
    expect(peer.got).toEqual(["now"]);
  },
);

it("a made-up identity that a peer has already is the later one's, and stays when the earlier goes", () => {
  const peers = new ByIdentity();
  const [first, guesser, last] = ["a", "b", "c"].map(() => new Peer(true));
  peers.add(first, new Uint8Array(0), false);
  const next = Uint8Array.from(peers.of(first) as Uint8Array);
  const view = new DataView(next.buffer);
  view.setUint32(1, view.getUint32(1) + 1);
  peers.add(guesser, next, false);
  peers.add(last, new Uint8Array(0), false);
  peers.delete(guesser);
  expect(peers.find(next)).toBe(last);
});

it("a STREAM keeps what a full peer has no room for, and sends nothing for an identity alone", () => {
  const pattern = stream(settings());
  const peer = new Peer(false, "who");
  pattern.attached(peer);
  expect([pattern.send(["who", "octets"]), pattern.send(["who"]), peer.got]).toEqual([false, true, []]);
  peer.writable = true;
  expect([pattern.send(["who", "octets"]), peer.got]).toEqual([true, ["octets"]]);
});

it("a REQ is heard by nobody where all are full, and hears whom it has asked alone", () => {
  const pattern = request(settings());
  const peers = [new Peer(false), new Peer(false)];
  for (const peer of peers) pattern.attached(peer);
  expect(pattern.send("question")).toBe(false);
  for (const peer of peers) {
    peer.writable = true;
    pattern.drained(peer);
  }
  expect(pattern.send("question")).toBe(true);
  const asked = peers.findIndex(({ got }) => got.length > 0);
  for (const at of [1 - asked, asked]) {
    peers[at].said.push(frames("", `from ${at}`));
    pattern.arrived(peers[at]);
  }
  expect(plain(pattern.receive())).toEqual([`from ${asked}`]);
});

it("a subscriber passes over runs that it does not want, and gives a message that it has looked at by itself", () => {
  const pattern = sub(settings()) as SubscriberPattern;
  const peer = new Peer(true);
  pattern.subscribe(bytes("a"), true);
  peer.said.push(frames("b: unwanted"), frames("a: first"), frames("a: second"), frames("a: third"));
  pattern.attached(peer);
  const batch = pattern.receiveBatch();
  expect(batch && plain([batch.payload(0)])).toEqual(["a: first"]);
  expect(pattern.readable).toBe(true);
  expect(pattern.takeRun()).toBeUndefined();
  expect(plain(pattern.receive())).toEqual(["a: second"]);
  const next = pattern.takeRun();
  expect(next && plain([next.frames.payload(0)])).toEqual(["a: third"]);
});

it("a DISH drops what comes from a group that it has left, and a SERVER that hears nothing says so", () => {
  const pattern = dish(settings()) as DishPattern;
  const peer = new Peer(true);
  pattern.join(bytes("mine"), true);
  peer.said.push(frames("left", "x"), frames("mine", "y"));
  pattern.attached(peer);
  expect(plain(pattern.receive()?.slice(0, 1))).toEqual(["y"]);
  expect([pattern.receive(), server(settings()).receive()]).toEqual([undefined, undefined]);
});

it("where there is nobody, or nobody with room, nothing of a run leaves", () => {
  const [one, turns, others] = [new OnePeer(), new RoundRobin(), new RoundRobin()];
  expect([one.sendRun(run("x"), 0), turns.sendRun(run("x"), 0), one.inRuns]).toEqual([0, 0, false]);
  expect(new FairQueue().inRuns).toBe(false);
  const peer = new Peer(false);
  one.attach(peer);
  turns.attach(peer);
  others.attach(peer);
  expect([one.sendRun(run("x"), 0), turns.sendRun(run("x"), 0), peer.got]).toEqual([0, 0, []]);
  peer.writable = true;
  expect(one.sendRun(run("x"), 0)).toBe(1);
  // It was full when it came: it gets its turn once it says that it has room.
  expect([turns.sendRun(run("x"), 0), others.sendRun(run("x"), 0)]).toEqual([0, 0]);
  turns.drained(peer);
  expect([turns.sendRun(run("y"), 0), peer.got]).toEqual([1, ["x", "y"]]);
});

it("a socket type by itself neither sends nor receives", () => {
  const pattern = new Pattern("PAIR", settings(), {});
  const nothing = expect.objectContaining({ code: "ENOTSUP" });
  expect(() => pattern.receive()).toThrow(nothing);
  expect(() => pattern.receiveBatch()).toThrow(nothing);
  expect(() => pattern.send("x")).toThrow(nothing);
  expect(() => pattern.sendRun(run("x"), 0)).toThrow(nothing);
  expect([pattern.readable, pattern.writable, pattern.takeRun()]).toEqual([false, false, undefined]);
});

/** A pipe over a wire, and links that have heard one message each. */
function wirePipe(conflates: boolean) {
  const user = { attached() {}, arrived() {}, drained() {}, renewed() {}, subscribed() {}, joined() {}, detached() {} };
  const side = { user, settings: settings(), identity: bytes(""), conflates };
  const pipe = new WirePipe(side, { close() {} }, new ZmtpOutbox(defaultCodec(), true));
  const link = (text?: string): Link => {
    const said = text === undefined ? [] : [frames(text)];
    const inbox = {
      get readable() {
        return said.length > 0;
      },
      takeRun: () => said[0] && runOf(said.shift() as Uint8Array[]),
    };
    return { inbox, peer: { identity: bytes("") }, outflow: { accepted() {} } } as unknown as Link;
  };
  return { pipe, link };
}

it("a pipe that conflates holds one message, whether it came alone or by the run, and before its peer was there", () => {
  const { pipe, link } = wirePipe(true);
  pipe.send("early");
  pipe.sendShared(new EncodedOnce("shared"));
  expect([pipe.waiting, pipe.room]).toEqual([1, 1]);
  for (const text of ["one", "two", "three"]) pipe.sendRun(run(text), 0, 1);
  expect(pipe.waiting).toBe(1);
  pipe.met(link());
  pipe.sendShared(new EncodedOnce("shared"));
  expect(pipe.waiting).toBe(1);
});

it("a pipe that does not loses none, even of whoever has not asked for room", () => {
  const { pipe, link } = wirePipe(false);
  pipe.send("one");
  pipe.sendRun(run("two"), 0, 1);
  pipe.met(link());
  pipe.sendShared(new EncodedOnce("three"));
  expect(pipe.waiting).toBe(3);
});

it("a pipe that conflates gives the last message, of the last link", () => {
  const { pipe, link } = wirePipe(true);
  const first = link("of the first");
  pipe.met(first);
  pipe.parted(first);
  pipe.met(link("of the last"));
  const batch = pipe.receiveBatch();
  expect(batch && plain([batch.payload(0)])).toEqual(["of the last"]);
  expect(pipe.receiveBatch()).toBeUndefined();
});
