/** The end of a program: what was sent still leaves, as long as its socket may linger, and whoever waits is told. */
import { execFile } from "node:child_process";
import { expect, it } from "vitest";
import { Pull } from "../../src/zeromq/index.js";
import { closing, codeOf, texts, until } from "../socket/support.js";

/** Runs a program that has the package as `zmq`; what it says when it has ended, and `said` as it says it. */
function run(program: string, said: (text: string) => void = () => {}): Promise<{ code: number; stderr: string }> {
  const args = ["--no-warnings", "--input-type=module", "-e", `import * as zmq from "monocoque/zeromq";${program}`];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { timeout: 100_000 }, (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stderr });
    });
    child.stderr?.on("data", said);
  });
}

/** An address that nobody listens at any more. */
async function freed(): Promise<string> {
  const pull = new Pull();
  await pull.bind("tcp://127.0.0.1:*");
  const endpoint = pull.lastEndpoint as string;
  await pull.unbind(endpoint);
  pull.close();
  return endpoint;
}

it("a program that ends waits for what it has sent, and says why", async () => {
  const endpoint = await freed();
  let said = "";
  const ended = run(
    `
    const push = new zmq.Push({ reconnectInterval: 10 });
    push.connect("${endpoint}");
    await push.send("last words");`,
    (text) => {
      said += text;
    },
  );
  const pull = closing(new Pull({ receiveTimeout: 60_000 }));
  // Somebody comes once the program has said what it waits for.
  await until(() => said.includes("Waiting"));
  await until(async () => (await codeOf(() => pull.bind(endpoint))) !== "EADDRINUSE");
  expect(texts(await pull.receive())).toEqual(["last words"]);
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/WARNING: Waiting for queued ZeroMQ messages to be delivered\. Set 'context\.blocky = false'/);
});

it("a program whose context holds nobody up ends at once", async () => {
  const endpoint = await freed();
  const { code, stderr } = await run(`
    zmq.context.blocky = false;
    const push = new zmq.Push({ reconnectInterval: 10 });
    push.connect("${endpoint}");
    await push.send("lost");`);
  expect([code, stderr]).toEqual([0, ""]);
});
