/**
 * Every command as people run it: in a pipe, without a terminal, with `--json | jq`, at 40 columns, by Ctrl-C in the
 * middle, killed in the middle, and with a reader that goes away.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import * as zmq from "zeromq";
import { COMMANDS } from "../../src/cli/commands.js";
import { DECODE } from "../../src/cli/decode.js";
import { encodeFrame, encodeGreeting } from "../../src/index.js";
import { opened } from "../support/libzmq.js";
import { inProcess, objects, type Running, start } from "./program.js";

const LISTENING = /listening on (\S+)/;
const ANY = "tcp://127.0.0.1:*";
const JQ = spawnSync("jq", ["--version"]).status === 0;
if (!JQ) console.warn("\nSKIPPED: `--json | jq`. There is no jq here; each line is parsed all the same.\n");

/** A command in the middle of its work. */
interface Middle {
  readonly running: Running;
  /** Whether it has something to say without end. */
  readonly talks: boolean;
}

type Way = (options: readonly string[], env?: object) => Promise<Middle>;

const bound = async <S extends zmq.Socket>(socket: S): Promise<[S, string]> => {
  await opened(socket).bind(ANY);
  return [socket, String(socket.lastEndpoint)];
};

/** Sends without end. */
function pour(send: () => Promise<void>): void {
  let over = false;
  onTestFinished(() => {
    over = true;
  });
  void (async () => {
    while (!over) {
      await send();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })().catch(() => {});
}

/** What it says, until there is something of it. */
async function talking(running: Running): Promise<Middle> {
  await running.seen(/\n/);
  return { running, talks: true };
}

const WAYS: Readonly<Record<string, Way>> = {
  async probe(options, env) {
    const server = createServer((socket) => void socket.on("error", () => {}).write(encodeGreeting()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const running = start(["probe", `tcp://127.0.0.1:${port}`, "-t", "600", ...options], null, env);
    await running.seen(/(Greeting.*[\s\S]*){2}/);
    return { running, talks: false };
  },
  async decode(options, env) {
    const running = start(["decode", ...options], null, env);
    running.child.stdin?.write(encodeGreeting());
    pour(async () => void running.child.stdin?.write(encodeFrame("a message that is longer than forty columns are")));
    await running.seen(/essage[\s\S]*\n/);
    return { running, talks: true };
  },
  async tap(options, env) {
    const [pull, url] = await bound(new zmq.Pull({ linger: 0 }));
    const running = start(["tap", "--listen", "tcp://127.0.0.1:0", "--to", url, ...options], null, env);
    const push = opened(new zmq.Push({ linger: 0 }));
    push.connect(await running.seen(LISTENING));
    pour(() => push.send("a message that is longer than forty columns are"));
    pour(async () => void (await pull.receive()));
    await running.seen(/a message|61 20 6d/);
    return { running, talks: true };
  },
  async sub(options, env) {
    const [pub, url] = await bound(new zmq.Publisher({ linger: 0 }));
    pour(() => pub.send(["topic", "news"]));
    return talking(start(["sub", url, ...options], null, env));
  },
  async pull(options, env) {
    const [push, url] = await bound(new zmq.Push({ linger: 0, sendTimeout: 100 }));
    pour(() => push.send("work").catch(() => {}));
    return talking(start(["pull", url, ...options], null, env));
  },
  async push(options, env) {
    const [pull, url] = await bound(new zmq.Pull({ linger: 0 }));
    const running = start(["push", url, ...options], null, env);
    running.child.stdin?.write('"one"\n');
    await pull.receive();
    return { running, talks: false };
  },
  async req(options, env) {
    const [rep, url] = await bound(new zmq.Reply({ linger: 0 }));
    pour(async () => rep.send(await rep.receive()));
    const running = start(["req", url, ...options], null, env);
    pour(async () => void running.child.stdin?.write('"what?"\n'));
    return talking(running);
  },
  async rep(options, env) {
    const running = start(["rep", "--listen", ANY, "--echo", ...options], null, env);
    const req = opened(new zmq.Request({ linger: 0 }));
    req.connect(await running.seen(LISTENING));
    pour(async () => {
      await req.send("what?");
      await req.receive();
    });
    await running.seen(/what\?/);
    return { running, talks: true };
  },
  async dealer(options, env) {
    const [router, url] = await bound(new zmq.Router({ linger: 0 }));
    pour(async () => router.send(await router.receive()));
    const running = start(["dealer", url, ...options], null, env);
    pour(async () => void running.child.stdin?.write('"both"\n'));
    return talking(running);
  },
  async pub(options, env) {
    const running = start(["pub", "--listen", ANY, ...options], null, env);
    const sub = opened(new zmq.Subscriber({ linger: 0 }));
    sub.connect(await running.seen(LISTENING));
    sub.subscribe();
    pour(async () => void running.child.stdin?.write('"news"\n'));
    await sub.receive();
    return { running, talks: false };
  },
  async bench(options, env) {
    return { ...(await talking(start(["bench", ...options], null, env))), talks: false };
  },
};

/** Pipes what a command says into jq; resolves with what jq says when it is over. */
function throughJq({ child }: Running): Promise<{ code: number | null; lines: string[] }> {
  const jq = spawn("jq", ["-c", ".type"]);
  child.stdout?.pipe(jq.stdin);
  let text = "";
  jq.stdout.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  return new Promise((resolve) => jq.once("close", (code) => resolve({ code, lines: text.split("\n").slice(0, -1) })));
}

/** What it said to people beside where it listens. */
const beside = ({ stderr }: Running) => stderr.replace(/^listening on .*\n/, "");

const names = Object.keys(COMMANDS);

it("tries every command", () => {
  expect(Object.keys(WAYS).sort()).toEqual([...names].sort());
});

describe.each(names)("%s", (name) => {
  const way = WAYS[name] as Way;

  it("says JSON that jq reads, and ends by Ctrl-C at once, in order and without a word", async () => {
    const { running } = await way(["--json"]);
    const read = JQ ? throughJq(running) : undefined;
    running.child.kill("SIGINT");
    expect([await running.ended, beside(running)]).toEqual([0, ""]);
    const types = running.stdout === "" ? [] : objects(running.stdout).map(({ type }) => type);
    expect(types.every((type) => typeof type === "string" && type !== "error")).toBe(true);
    if (read === undefined) return;
    const { code, lines } = await read;
    expect([code, lines.length]).toEqual([0, expect.any(Number)]);
  });

  it("fits into 40 columns, and is quiet when its reader goes away, or when it is killed", async () => {
    const { running, talks } = await way([], { COLUMNS: "40" });
    running.child.stdout?.destroy();
    if (!talks) running.child.kill("SIGKILL");
    expect([await running.ended, beside(running)]).toEqual([talks ? 0 : "SIGKILL", ""]);
    expect(running.stdout.split("\n").filter((line) => line.length > 40)).toEqual([]);
  });
});

it("ends by Ctrl-C while it waits for a peer, for octets, for a subscriber, for a slow reader", async () => {
  const waiting = [
    [start(["pull", "tcp://127.0.0.1:1"], null), /no connection to/],
    [start(["push", "tcp://127.0.0.1:1", "never"], null), /no connection to/],
    [start(["pub", "--listen", "tcp://127.0.0.1:0", "never"], null), LISTENING],
    [start(["probe", "--listen", ANY, "-t", "600"], null), LISTENING],
    [start(["tap", "--listen", ANY, "--to", "tcp://127.0.0.1:1"], null), LISTENING],
  ] as const;
  for (const [running, said] of waiting) {
    await running.seen(said);
    running.child.kill("SIGINT");
    expect([running.child.spawnargs[2], await running.ended]).toEqual([running.child.spawnargs[2], 0]);
  }
  // Nobody reads what is said: it waits in the pipe.
  const decode = start(["decode", "-q"], null);
  decode.child.stdin?.write(encodeGreeting());
  await decode.seen(/Greeting/);
  decode.child.stdout?.removeAllListeners("data").pause();
  decode.child.stdin?.write(Buffer.concat(Array.from({ length: 20_000 }, () => encodeFrame("x"))));
  // A moment to fill the pipe in; without it the test is weaker, and as true.
  await new Promise((resolve) => setTimeout(resolve, 300));
  decode.child.kill("SIGINT");
  expect(await new Promise((resolve) => decode.child.once("exit", resolve))).toBe(0);
});

it("leaves a recording that is good up to its last record when it is killed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "monocoque-killed-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "it.tap");
  const server = createServer((socket) => void socket.on("error", () => {}).resume());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const to = `tcp://127.0.0.1:${port}`;
  const tap = start(["tap", "--listen", "tcp://127.0.0.1:0", "--to", to, "--record", file, "--json"], null);
  const client = dial(Number((await tap.seen(LISTENING)).split(":").at(-1)), "127.0.0.1");
  client.on("error", () => {});
  client.write(Buffer.concat([encodeGreeting(), encodeFrame("one"), encodeFrame("two")]));
  let told = { exit: 0, stdout: "", stderr: "" };
  // What is recorded can be read while the tap goes on.
  while (!told.stdout.includes("74 77 6f"))
    told = await inProcess(DECODE, { values: { json: true }, positionals: [file] });
  tap.child.kill("SIGKILL");
  expect(await tap.ended).toBe("SIGKILL");
  const { stdout } = await inProcess(DECODE, { values: { json: true }, positionals: [file] });
  expect(objects(stdout).map(({ title }) => title)).toEqual(["Greeting: ZMTP 3.1, NULL", "Message", "Message"]);
});
