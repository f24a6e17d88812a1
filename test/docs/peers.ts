/** What stands on the other side of each recipe: real libzmq. The name is that of a block's `run=name`. */
import { createHmac } from "node:crypto";
import { expect } from "vitest";
import * as zmq from "zeromq";
import type { Program } from "../examples/program.js";
import { libzmq, opened } from "../support/libzmq.js";

/** Runs the recipe; what it names is replaced by what this test uses in its place. */
type Run = (now?: Record<string, string>) => Promise<Program>;

/** Where a libzmq socket listens: "127.0.0.1:port". */
async function bound(socket: zmq.Socket, scheme = "tcp"): Promise<string> {
  await socket.bind(`${scheme}://127.0.0.1:*`);
  return (socket.lastEndpoint as string).replace(/^\w+:\/\//, "").replace(/\/$/, "");
}

/** A libzmq publisher that has heard of the first subscription. */
async function publisher(run: Run, port: string, scheme = "tcp") {
  const socket = opened(new libzmq.XPUB({ linger: 0 }));
  const program = await run({ [`127.0.0.1:${port}`]: await bound(socket, scheme) });
  const [subscription] = await socket.receive();
  return { socket, program, subscription: String(subscription) };
}

/** Interrupted, it ends, and has complained of nothing. */
async function interrupted(program: Program): Promise<void> {
  program.interrupt();
  expect(await program.exit).toBe("SIGINT");
  expect(program.errors).toBe("");
}

/** The two ends that hand out work and collect what came of it. */
async function sourceAndSink(run: Run) {
  const source = opened(new libzmq.PUSH({ linger: 0 }));
  const sink = opened(new libzmq.PULL());
  const now = { "127.0.0.1:5557": await bound(source), "127.0.0.1:5558": await bound(sink) };
  return { source, sink, program: await run(now) };
}

async function workers(run: Run): Promise<void> {
  const { source, sink, program } = await sourceAndSink(run);
  const results: string[] = [];
  const jobs = Array.from({ length: 50 }, (_, i) => i + 1);
  const handedOut = (async () => {
    for (const job of jobs) await source.send(String(job));
  })();
  while (results.length < jobs.length) results.push((await sink.receive()).join(" "));
  await handedOut;
  expect(results).toEqual(jobs.map((job) => `${job} ${job ** 2}`));
  await interrupted(program);
}

async function cache(run: Run): Promise<void> {
  const { socket, program, subscription } = await publisher(run, "5556");
  expect(subscription).toBe("\x01");
  const [, endpoint = ""] = await program.says(/^answering on (tcp:.*)$/);
  for (const [topic, value] of [
    ["berlin", "cloudy"],
    ["paris", "rain"],
    ["berlin", "sun"],
  ] as const) {
    await socket.send([topic, value]);
  }
  const client = opened(new libzmq.REQ());
  client.connect(endpoint);
  const ask = async (topic: string) => {
    await client.send(topic);
    return String(await client.receive());
  };
  while ((await ask("berlin")) !== "sun") await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await ask("paris")).toBe("rain");
  expect(await ask("rome")).toBe("");
  await interrupted(program);
}

const KERNEL_KEY = "a0436f6c-1916-498b-8eb9-e81ab9368e84";

function signature(parts: readonly string[]): string {
  const hmac = createHmac("sha256", KERNEL_KEY);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

async function kernel(run: Run): Promise<void> {
  const shell = opened(new libzmq.ROUTER());
  const iopub = opened(new libzmq.XPUB({ linger: 0 }));
  const program = await run({ "127.0.0.1:5557": await bound(shell), "127.0.0.1:5558": await bound(iopub) });
  expect(String(await iopub.receive())).toBe("\x01");
  const [, delimiter, signed, ...parts] = (await shell.receive()).map(String);
  expect(delimiter).toBe("<IDS|MSG>");
  expect(signed).toBe(signature(parts));
  expect(JSON.parse(parts[0] as string).msg_type).toBe("execute_request");
  expect(JSON.parse(parts[3] as string).code).toBe("print(6 * 7)");
  for (const [type, content] of [
    ["status", { execution_state: "busy" }],
    ["stream", { name: "stdout", text: "42\n" }],
  ] as const) {
    const answer = [{ msg_type: type }, {}, {}, content].map((part) => JSON.stringify(part));
    await iopub.send([`kernel.${type}`, "<IDS|MSG>", signature(answer), ...answer]);
  }
  expect(await program.exit, program.errors).toBe(0);
  expect(program.lines).toEqual(["42"]);
}

async function chain(run: Run): Promise<void> {
  const { socket, program, subscription } = await publisher(run, "28332");
  expect(subscription).toBe("\x01hashblock");
  for (const number of [0xfffffffe, 0xffffffff, 0, 3, 1]) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32LE(number);
    await socket.send(["hashblock", Buffer.alloc(32, number & 0xff), counter]);
  }
  await program.says(/^block (01){32}$/);
  expect(program.lines).toEqual([
    `block ${"fe".repeat(32)}`,
    `block ${"ff".repeat(32)}`,
    `block ${"00".repeat(32)}`,
    "2 blocks missed",
    `block ${"03".repeat(32)}`,
    "the node has begun anew",
    `block ${"01".repeat(32)}`,
  ]);
  await interrupted(program);
}

/** A server that loses the first two questions. */
async function retry(run: Run): Promise<void> {
  const server = opened(new libzmq.ROUTER());
  const program = await run({ "127.0.0.1:5555": await bound(server) });
  const asked: string[] = [];
  for (let i = 0; i < 2; i++) asked.push(String((await server.receive())[2]));
  await program.says(/^attempt 2 brought no answer$/);
  let answered = false;
  const over = program.exit.then(() => {
    answered = true;
    server.close();
  });
  // On a busy machine an answer may come too late for its attempt: the next one is answered as well.
  while (!answered) {
    const [identity, empty, question] = await server.receive().catch(() => []);
    if (question === undefined) break;
    asked.push(String(question));
    await server.send([identity as Buffer, empty as Buffer, "4"]).catch(() => {});
  }
  await over;
  expect(await program.exit, program.errors).toBe(0);
  expect(program.lines.at(-1)).toBe("4");
  expect(new Set(asked)).toEqual(new Set(["2 + 2?"]));
}

async function bridge(run: Run): Promise<void> {
  const origin = opened(new libzmq.XPUB({ linger: 0 }));
  const program = await run({ "127.0.0.1:5556": await bound(origin) });
  const [, endpoint = ""] = await program.says(/^pages connect to (ws:.*)$/);
  const page = opened(new libzmq.SUB());
  page.connect(endpoint);
  page.subscribe("weather.");
  expect(String(await origin.receive())).toBe("\x01weather.");
  await origin.send(["sport.tennis", "nobody asked"]);
  await origin.send(["weather.berlin", "cloudy"]);
  expect((await page.receive()).map(String)).toEqual(["weather.berlin", "cloudy"]);
  await interrupted(program);
}

async function page(run: Run): Promise<void> {
  // A browser has WebSocket; Node 20 has it from the package ws.
  const inPage: Run = (now) =>
    run({
      ...now,
      "import { connect }": 'import { WebSocket } from "ws";\nglobalThis.WebSocket ??= WebSocket;\nimport { connect }',
    });
  const { socket, program, subscription } = await publisher(inPage, "5557", "ws");
  expect(subscription).toBe("\x01weather.");
  await socket.send(["sport.tennis", "nobody asked"]);
  await socket.send(["weather.berlin", "cloudy"]);
  await program.says(/^weather\.berlin cloudy$/);
  await interrupted(program);
}

async function shutdown(run: Run): Promise<void> {
  const { source, sink, program } = await sourceAndSink(run);
  await source.send("one");
  expect(String(await sink.receive())).toBe("done: one");
  await program.says(/^finished one$/);
  program.interrupt();
  expect(await program.exit, program.errors).toBe(0);
  expect(program.lines).toEqual(["finished one", "bye"]);
}

async function curve(run: Run): Promise<void> {
  const program = await run();
  const [, endpoint = "", serverKey = ""] = await program.says(/^(tcp:\S+) (\S+)$/);
  const { publicKey, secretKey } = zmq.curveKeyPair();
  const client = opened(
    new libzmq.REQ({ curveServerKey: serverKey, curvePublicKey: publicKey, curveSecretKey: secretKey }),
  );
  client.connect(endpoint);
  await client.send("hello");
  expect(String(await client.receive())).toBe("hello, sealed");
  await interrupted(program);
}

async function curveClient(run: Run): Promise<void> {
  const keys = zmq.curveKeyPair();
  const server = opened(new libzmq.REP({ curveServer: true, curveSecretKey: keys.secretKey }));
  const program = await run({ "127.0.0.1:5555": await bound(server), "SERVER-KEY": keys.publicKey });
  expect(String(await server.receive())).toBe("hello");
  await server.send("hello yourself");
  expect(await program.exit, program.errors).toBe(0);
  expect(program.lines).toEqual(["hello yourself"]);
}

async function loss(run: Run): Promise<void> {
  const { socket, program, subscription } = await publisher(run, "5556");
  expect(subscription).toBe("\x01tick");
  for (const number of [1, 2, 5, 6, 3, 9]) await socket.send(["tick", String(number)]);
  expect(await program.exit, program.errors).toBe(0);
  expect(program.lines).toEqual(["missed 3 to 4", "the publisher has begun anew", "missed 4 to 8"]);
}

export const peers: Record<string, (run: Run) => Promise<void>> = {
  workers,
  cache,
  kernel,
  chain,
  retry,
  bridge,
  page,
  shutdown,
  curve,
  "curve-client": curveClient,
  loss,
};
