/** `monocoque probe` against a bad peer for each entry of the catalogue, and against good ones. */
import { createServer, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { Dealer, Router } from "zeromq";
import { PROBE } from "../../src/cli/probe.js";
import { talk } from "../../src/cli/talk.js";
import { encodeCommand, encodeGreeting } from "../../src/index.js";
import { catalogue, type Fault } from "../faults/catalogue.js";
import { BUSY, busy, PATIENCE, someTurns } from "../support/busy.js";
import { otherThread } from "../support/other-thread.js";
import { hello } from "../support/raw.js";
import { inProcess, objects } from "./program.js";

interface Outcome {
  readonly exit: number;
  readonly lines: string[];
  readonly errors: string;
}

/** Runs the command in this process; `columns` is the width it sees. */
async function probe(url: string, values: Record<string, string | boolean>, columns = 80): Promise<Outcome> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const [stdout, stderr] = [out, err] as unknown as NodeJS.WriteStream[];
  const env = { COLUMNS: String(columns) };
  const say = talk({ stdout, stderr, env, json: values.json === true });
  const args = { values, positionals: [url] };
  const { signal } = new AbortController();
  const exit = await PROBE.run({ args, stdin: process.stdin, stdout, stderr, env, signal, say });
  const lines = String(out.read() ?? "")
    .trimEnd()
    .split("\n");
  return { exit, lines, errors: String(err.read() ?? "") };
}

/** A peer that sends what the fault says. */
async function badPeer({ octets, ending }: Pick<Fault, "octets" | "ending">) {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.resume();
    if (ending === "closes") socket.end(octets);
    else socket.write(octets);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `tcp://127.0.0.1:${port}`, close };
}

async function judged(fault: Fault): Promise<object> {
  const peer = await badPeer(fault);
  try {
    const { exit, lines } = await probe(peer.url, { as: fault.ours, json: true, time: "60" });
    const { code, offset, section, hint, healthy } = JSON.parse(lines[lines.length - 1]);
    const remedy = typeof hint === "string" && hint.length > 20;
    return { id: fault.id, exit, healthy, code, offset, section, remedy };
  } finally {
    peer.close();
  }
}

it("names cause, octet, section and remedy of every fault in the catalogue", async () => {
  const verdicts = await Promise.all(catalogue.map(judged));
  expect(catalogue.length).toBeGreaterThan(90);
  expect(verdicts).toEqual(
    catalogue.map(({ id, code, offset, section }) => {
      return { id, exit: 1, healthy: false, code, offset, section, remedy: true };
    }),
  );
});

it("tells the story and the verdict at 80 and at 40 columns, and no line is longer", async () => {
  const fault = catalogue.find(({ id }) => id === "mechanism-plain") as Fault;
  for (const columns of [80, 40]) {
    const peer = await badPeer(fault);
    const { lines } = await probe(peer.url, { as: "ROUTER" }, columns);
    peer.close();
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    const text = lines.join("\n");
    expect(text.replace(/\s+/g, " ")).toContain("MECHANISM_MISMATCH at octet 12");
    expect(text).toContain("→ we, octets 0–64: Greeting");
  }
});

it("finds the type that fits a libzmq peer by itself, and times a PING", async () => {
  const router = new Router({ routingId: "house" });
  await router.bind("tcp://127.0.0.1:*");
  try {
    const { exit, lines } = await probe(String(router.lastEndpoint), { json: true, time: "60" });
    const verdict = JSON.parse(lines[lines.length - 1]);
    const { roundTrip } = verdict;
    const identity = Buffer.from("house").toString("hex");
    expect(verdict).toMatchObject({ healthy: true, socketType: "ROUTER", version: "3.1", mechanism: "NULL", identity });
    expect([exit, roundTrip > 0]).toEqual([0, true]);
  } finally {
    router.close();
  }
});

it("says with exit code 3 that nobody is there, and with 4 that somebody is silent", async () => {
  const silent = await badPeer({ octets: new Uint8Array(0), ending: "waits" });
  const late = await probe(silent.url, { as: "DEALER", time: "0.2", json: true });
  expect(late.exit).toBe(4);
  silent.close();
  const { url, close } = await badPeer({ octets: new Uint8Array(0), ending: "waits" });
  close();
  const { exit, lines } = await probe(url, { as: "DEALER" });
  expect([exit, lines.join(" ")]).toEqual([3, expect.stringContaining("NOT_REACHED")]);
});

it("with --listen judges who dials: a good peer, whose offsets count from its first octet", async () => {
  const dealer = new Dealer({ routingId: "guest", linger: 0 });
  try {
    const heard = (text: string) => {
      const [url] = /tcp:\S+/.exec(text) ?? [];
      if (url !== undefined) dealer.connect(url);
    };
    const values = { listen: true, as: "ROUTER", time: "60", json: true };
    const { exit, stdout } = await inProcess(PROBE, { values, positionals: ["tcp://127.0.0.1:0"], heard });
    const all = objects(stdout);
    const identity = Buffer.from("guest").toString("hex");
    expect([exit, all.at(-1)]).toEqual([0, expect.objectContaining({ healthy: true, socketType: "DEALER", identity })]);
    expect(all[0]).toMatchObject({ start: 0, end: 64, kind: "greeting" });
  } finally {
    dealer.close();
  }
});

it("reads what had come before it gives a peer up, though its own thread was busy", async () => {
  const greeting = encodeGreeting().length;
  const handshake = hello("PAIR").length;
  const peer = await otherThread({
    says: [
      [0, encodeGreeting()],
      [handshake, hello("PAIR").subarray(greeting)],
      [handshake + 1, encodeCommand("PONG", new TextEncoder().encode("monocoque"))],
    ],
  });
  const probing = probe(`tcp://127.0.0.1:${peer.port}`, { time: `${PATIENCE / 1000}`, as: "PAIR" });
  await peer.met;
  await someTurns();
  peer.go();
  busy(BUSY);
  const { exit, lines } = await probing;
  expect([exit, lines.join(" ")]).toEqual([0, expect.stringContaining("PAIR")]);
});
