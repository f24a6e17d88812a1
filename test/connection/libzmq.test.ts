/** Connections at the real libzmq: every transport, both roles, the classic patterns. */
import { describe, expect, it } from "vitest";
import { Dealer, Pair, Publisher, Pull, Push, Reply, Request, Router, Subscriber, XPublisher } from "zeromq";
import type { Connection } from "../../src/index.js";
import { meetLibzmq, nextMessage, nextText, type Scheme, sendAll, texts } from "../support/connections.js";
import { opened } from "../support/libzmq.js";
import { pattern, same } from "../support/pieces.js";

const COUNT = 20_000;
const MiB = 1024 * 1024;

/** Sizes at which something changes; the large ones rarely. */
const SMALL = [0, 1, 255, 256, 20, 300];
const small = SMALL.map((size) => pattern(size, size + 1));
const middle = pattern(65_536, 5);
const large = pattern(MiB, 6);

/** Message `i`: its number, then 0 to 2 further frames. */
function message(i: number): Uint8Array[] {
  const frames: Uint8Array[] = [Buffer.from(`${i}`)];
  if (i % 3 > 0) frames.push(small[i % SMALL.length]);
  if (i % 3 > 1) frames.push(small[(i >> 3) % SMALL.length]);
  if (i % 2000 === 7) frames.push(middle);
  if (i % 10_000 === 11) frames.unshift(large);
  return frames;
}

/** The same for libzmq, which as a WebSocket client masks large payloads where they lie. */
const forLibzmq = (i: number): Buffer[] => message(i).map((payload) => Buffer.from(payload));

function* messages(): Generator<Uint8Array[]> {
  for (let i = 0; i < COUNT; i++) yield message(i);
}

/** As `expect` says it, without the price of twenty thousand times `expect`. */
function check(heard: readonly Uint8Array[], i: number): void {
  const said = message(i);
  if (heard.length === said.length && heard.every((payload, j) => same(payload, said[j]))) return;
  expect(heard.map((payload) => payload.length)).toEqual(said.map((payload) => payload.length));
  throw new Error(`message ${i} is another`);
}

/** The messages of a connection, put together from its batches. */
async function* unbatched(connection: Connection): AsyncGenerator<Uint8Array[]> {
  let frames: Uint8Array[] = [];
  for await (const batch of connection.batches()) {
    for (const { payload, more } of batch) {
      frames.push(payload.slice());
      if (more) continue;
      yield frames;
      frames = [];
    }
  }
}

const readings = { messages: (connection: Connection) => connection, batches: unbatched } as const;
const schemes: readonly Scheme[] = ["tcp", "ipc", "ws"];
const meetings = schemes.flatMap((scheme) =>
  (["binds", "connects"] as const).map((libzmq) => ({ scheme, libzmq, name: `${scheme}, libzmq ${libzmq}` })),
);

describe.each(meetings)("$name", ({ scheme, libzmq }) => {
  it.each(["messages", "batches"] as const)(`PUSH to our PULL, ${COUNT} messages, read as %s`, async (reading) => {
    const theirs = opened(new Push());
    const connection = await meetLibzmq(scheme, libzmq, { socketType: "PULL" }, theirs);
    const sent = (async () => {
      for (let i = 0; i < COUNT; i++) await theirs.send(forLibzmq(i));
    })();
    let i = 0;
    for await (const heard of readings[reading](connection)) {
      check(heard, i++);
      if (i === COUNT) break;
    }
    await sent;
  });

  it(`our PUSH to PULL, ${COUNT} messages`, async () => {
    const theirs = opened(new Pull());
    const connection = await meetLibzmq(scheme, libzmq, { socketType: "PUSH" }, theirs);
    const sent = sendAll(connection, messages());
    for (let i = 0; i < COUNT; i++) check(await theirs.receive(), i);
    await sent;
    await connection.close();
    await connection.closed;
  });

  it("our DEALER at ROUTER, by its identity", async () => {
    const theirs = opened(new Router({ mandatory: true }));
    const connection = await meetLibzmq(scheme, libzmq, { socketType: "DEALER", identity: "us" }, theirs);
    connection.send(["a", "", "b"]);
    expect(texts(await theirs.receive())).toEqual(["us", "a", "", "b"]);
    await theirs.send(["us", "answer", ""]);
    expect(await nextText(connection)).toEqual(["answer", ""]);
  });

  it("DEALER at our ROUTER, by its identity", async () => {
    const theirs = opened(new Dealer({ routingId: "they" }));
    const connection = await meetLibzmq(scheme, libzmq, { socketType: "ROUTER" }, theirs);
    expect(texts([connection.peer.identity])).toEqual(["they"]);
    await theirs.send(["a", "", "b"]);
    expect(await nextText(connection)).toEqual(["a", "", "b"]);
    connection.send(["answer", ""]);
    expect(texts(await theirs.receive())).toEqual(["answer", ""]);
  });

  it("our SUB at XPUB, and cancels", async () => {
    const theirs = opened(new XPublisher());
    const connection = await meetLibzmq(scheme, libzmq, { socketType: "SUB" }, theirs);
    connection.subscribe("a");
    connection.subscribe("b");
    expect([...texts(await theirs.receive()), ...texts(await theirs.receive())]).toEqual(["\x01a", "\x01b"]);
    for (const text of ["a1", "c", "b1"]) await theirs.send([text, "body"]);
    expect(await nextText(connection)).toEqual(["a1", "body"]);
    expect(await nextText(connection)).toEqual(["b1", "body"]);
    connection.cancel("a");
    expect(texts(await theirs.receive())).toEqual(["\x00a"]);
    for (const text of ["a2", "b2"]) await theirs.send(text);
    expect(await nextText(connection)).toEqual(["b2"]);
  });

  it("our SUB at PUB", async () => {
    const theirs = opened(new Publisher());
    const connection = await meetLibzmq(scheme, libzmq, { socketType: "SUB" }, theirs);
    connection.subscribe();
    const heard = nextText(connection);
    await publishUntil(heard, () => theirs.send(["topic", "body"]));
    expect(await heard).toEqual(["topic", "body"]);
  });

  it("SUB at our PUB, which knows what it wants", async () => {
    const theirs = opened(new Subscriber());
    theirs.subscribe("a", "bc");
    const connection = await meetLibzmq(scheme, libzmq, { socketType: "PUB" }, theirs);
    const topics = ["", "a", "ab", "b", "bc", "bcd", "c"];
    // libzmq sends its subscriptions when the application looks after the socket.
    const first = theirs.receive();
    await until(() => connection.wants("a") && connection.wants("bc"));
    expect(topics.filter((topic) => connection.wants(topic))).toEqual(["a", "ab", "bc", "bcd"]);
    for (const topic of topics) if (connection.wants(topic)) connection.send([topic, "body"]);
    expect(texts(await first)).toEqual(["a", "body"]);
    for (const topic of ["ab", "bc", "bcd"]) expect(texts(await theirs.receive())).toEqual([topic, "body"]);

    theirs.unsubscribe("a");
    const next = theirs.receive();
    await until(() => !connection.wants("a"));
    expect(connection.wants("bc")).toBe(true);
    connection.send("bc");
    expect(texts(await next)).toEqual(["bc"]);
  });

  it("our REQ at REP: an empty frame, then the message", async () => {
    const theirs = opened(new Reply());
    const connection = await meetLibzmq(scheme, libzmq, { socketType: "REQ" }, theirs);
    for (const question of ["first", "second"]) {
      connection.send(["", question]);
      expect(texts(await theirs.receive())).toEqual([question]);
      await theirs.send(["re", question]);
      expect(await nextText(connection)).toEqual(["", "re", question]);
    }
  });

  it("REQ at our REP", async () => {
    const theirs = opened(new Request());
    const connection = await meetLibzmq(scheme, libzmq, { socketType: "REP" }, theirs);
    for (const question of ["first", "second"]) {
      await theirs.send(question);
      expect(await nextText(connection)).toEqual(["", question]);
      connection.send(["", "re", question]);
      expect(texts(await theirs.receive())).toEqual(["re", question]);
    }
  });

  it("PAIR, both ways at once", async () => {
    const theirs = opened(new Pair());
    const connection = await meetLibzmq(scheme, libzmq, { socketType: "PAIR" }, theirs);
    const count = 2000;
    const theySend = async () => {
      for (let i = 0; i < count; i++) await theirs.send(forLibzmq(i));
    };
    const weReceive = async () => {
      for (let i = 0; i < count; i++) check(await nextMessage(connection), i);
    };
    const weSend = sendAll(
      connection,
      Array.from({ length: count }, (_, i) => message(i)),
    );
    const theyReceive = async () => {
      for (let i = 0; i < count; i++) check(await theirs.receive(), i);
    };
    await Promise.all([theySend(), weReceive(), weSend, theyReceive()]);
  });
});

it("tells what libzmq says of itself", async () => {
  const connection = await meetLibzmq("tcp", "binds", { socketType: "DEALER" }, opened(new Router()));
  expect(connection.peer).toMatchObject({
    socketType: "ROUTER",
    version: { major: 3, minor: 1 },
    mechanism: "NULL",
  });
  expect([...connection.peer.metadata.keys()]).toContain("Socket-Type");
});

/** Until the condition holds; the test's own timeout ends the waiting. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A PUB drops what nobody has subscribed to yet. */
async function publishUntil(heard: Promise<unknown>, publish: () => Promise<void>): Promise<void> {
  let over = false;
  const done = () => {
    over = true;
  };
  heard.then(done, done);
  while (!over) {
    await publish();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
