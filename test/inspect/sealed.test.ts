/** CURVE and PLAIN as real libzmq peers speak them: what can be seen is told, what is sealed is called so. */
import { expect, it } from "vitest";
import * as zmq from "zeromq";
import type { Entry } from "../../src/inspect/index.js";
import { opened } from "../support/libzmq.js";
import { holes, passing, storyOf, uncovered } from "./passing.js";

/** What passes between two libzmq sockets until the puller has two messages. */
async function traffic(pull: zmq.Pull, push: zmq.Push) {
  opened(pull);
  opened(push);
  await pull.bind("tcp://127.0.0.1:*");
  const proxy = await passing(Number(String(pull.lastEndpoint).split(":").at(-1)));
  push.connect(`tcp://127.0.0.1:${proxy.port}`);
  await push.send(["hello", "sealed"]);
  await push.send(Buffer.alloc(500, 1));
  await pull.receive();
  await pull.receive();
  return [...proxy.passed];
}

const brief = (entries: readonly Entry[], side: string) =>
  entries.filter((entry) => entry.side === side).map(({ kind, title, name }) => `${kind} ${name ?? ""}: ${title}`);

it("names what CURVE has sealed, and its handshake part by part", async () => {
  const keys = { server: zmq.curveKeyPair(), client: zmq.curveKeyPair() };
  const passed = await traffic(
    new zmq.Pull({ linger: 0, curveServer: true, curveSecretKey: keys.server.secretKey }),
    new zmq.Push({
      linger: 0,
      curveServerKey: keys.server.publicKey,
      curvePublicKey: keys.client.publicKey,
      curveSecretKey: keys.client.secretKey,
    }),
  );
  const entries = storyOf(passed);
  expect(brief(entries, "client")).toEqual([
    "greeting : Greeting: ZMTP 3.1, CURVE",
    "command HELLO: HELLO",
    "command INITIATE: INITIATE",
    "message MESSAGE: MESSAGE: sealed, 5 octets inside",
    "message MESSAGE: MESSAGE: sealed, 6 octets inside",
    "message MESSAGE: MESSAGE: sealed, 500 octets inside",
  ]);
  expect(brief(entries, "server")).toEqual([
    "greeting : Greeting: ZMTP 3.1, CURVE",
    "command WELCOME: WELCOME",
    "command READY: READY",
  ]);
  const names = entries.flatMap(({ name, fields }) => fields.map((field) => `${name} ${field.name}`));
  expect(names).toEqual(
    expect.arrayContaining(["HELLO client key", "WELCOME nonce", "INITIATE cookie", "READY box", "MESSAGE box"]),
  );
  expect(holes(entries)).toEqual([]);
  expect(uncovered(entries, passed)).toBe(0);
  const plain = (told: readonly Entry[]) =>
    told.map(({ title, start, end, fields }) => ({ title, start, end, fields }));
  for (const side of ["client", "server"]) {
    const one = passed.filter((part) => part.side === side);
    expect(plain(storyOf(one, 1))).toEqual(plain(storyOf(one)));
  }
});

it("shows PLAIN's user, and of the password how long it is", async () => {
  const handler = opened(new zmq.Reply());
  await handler.bind("inproc://zeromq.zap.01");
  void (async () => {
    for await (const [version, id] of handler) await handler.send([version, id, "200", "OK", "", ""]);
  })().catch(() => {});
  const passed = await traffic(
    new zmq.Pull({ linger: 0, plainServer: true, zapDomain: "test" }),
    new zmq.Push({ linger: 0, plainUsername: "admin", plainPassword: "open sesame" }),
  );
  const entries = storyOf(passed);
  expect(brief(entries, "client").slice(0, 3)).toEqual([
    "greeting : Greeting: ZMTP 3.1, PLAIN",
    "command HELLO: HELLO",
    "command INITIATE: INITIATE",
  ]);
  const value = (name: string, field: string) =>
    entries.find((entry) => entry.name === name)?.fields.find((part) => part.name === field)?.value;
  expect([value("HELLO", "username"), value("HELLO", "password")]).toEqual(['"admin"', "11 octets, not shown"]);
  expect(value("INITIATE", "property value")).toBe('"PUSH"');
  expect(holes(entries)).toEqual([]);
});
