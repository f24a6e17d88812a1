/** PLAIN and CURVE on the command line: with libzmq at the other end, and with ourselves at both. */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import * as zmq from "zeromq";
import { PROBE } from "../../src/cli/probe.js";
import { opened } from "../support/libzmq.js";
import { inProcess, objects, run, say, start } from "./program.js";

const ANY = "tcp://127.0.0.1:*";
const LISTENING = /listening on (\S+)/;
const server = zmq.curveKeyPair();
const client = zmq.curveKeyPair();
const env = { SECRET: client.secretKey, PASSWORD: "open sesame" };

const CURVE = ["--curve-server-key", server.publicKey, "--curve-secret-key", "env:SECRET"];
const PLAIN = ["--plain-username", "admin", "--plain-password", "env:PASSWORD"];

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "monocoque-keys-"));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

/** A PULL of libzmq that wants CURVE, and lets this key in alone. */
async function curvePull(): Promise<zmq.Pull> {
  const pull = opened(new zmq.Pull({ linger: 0, curveServer: true, curveSecretKey: server.secretKey, zapDomain: "c" }));
  await pull.bind(ANY);
  return pull;
}

async function plainPull(): Promise<zmq.Pull> {
  const pull = opened(new zmq.Pull({ linger: 0, plainServer: true, zapDomain: "p" }));
  await pull.bind(ANY);
  return pull;
}

beforeAll(async () => {
  const handler = new zmq.Reply();
  await handler.bind("inproc://zeromq.zap.01");
  const known = (mechanism: string, [first, second]: string[]) =>
    mechanism === "CURVE" ? first === hexOf(client.publicKey) : first === "admin" && second === "open sesame";
  void (async () => {
    for await (const [version, id, , , , mechanism, ...credentials] of handler) {
      const given = credentials.map((part) => part.toString(`${mechanism}` === "CURVE" ? "hex" : "utf8"));
      await handler.send([version, id, known(`${mechanism}`, given) ? "200" : "400", "", "", ""]);
    }
  })().catch(() => {});
  return () => handler.close();
});

/** Z85 in hexadecimal. */
function hexOf(key: string): string {
  const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  const words = key.match(/.{5}/g) as string[];
  return words
    .map((word) =>
      [...word]
        .reduce((n, c) => n * 85 + letters.indexOf(c), 0)
        .toString(16)
        .padStart(8, "0"),
    )
    .join("");
}

describe("as a client of libzmq", () => {
  it("shows its key, and sends what is sealed", async () => {
    const pull = await curvePull();
    const { code } = await run(["push", String(pull.lastEndpoint), ...CURVE, "sealed"], "", env);
    expect([code, `${(await pull.receive())[0]}`]).toEqual([0, "sealed"]);
  });

  it("shows name and password", async () => {
    const pull = await plainPull();
    const { code } = await run(["push", String(pull.lastEndpoint), ...PLAIN, "in the clear"], "", env);
    expect([code, `${(await pull.receive())[0]}`]).toEqual([0, "in the clear"]);
  });

  it("probes with them: healthy, or why not", async () => {
    const made = await folder();
    await writeFile(join(made, "password"), "open sesame\n");
    await writeFile(join(made, "key"), `${client.secretKey}\n`);
    const plain = { "plain-username": "admin", "plain-password": `file:${join(made, "password")}` };
    const curve = { "curve-server-key": server.publicKey, "curve-secret-key": `file:${join(made, "key")}` };
    const wrong = { ...plain, "plain-password": "env:WRONG" };
    const stranger = { "curve-server-key": server.publicKey };
    const cases = [
      [await plainPull(), plain, { healthy: true, mechanism: "PLAIN", socketType: "PULL" }],
      [await curvePull(), curve, { healthy: true, mechanism: "CURVE", socketType: "PULL" }],
      [await plainPull(), wrong, { healthy: false, code: "PEER_ERROR" }],
      [await curvePull(), stranger, { healthy: false, code: "PEER_ERROR" }],
      // libzmq may hang up before it has named its own mechanism.
      [await curvePull(), plain, { healthy: false, code: expect.stringMatching(/^(MECHANISM_MISMATCH|PEER_CLOSED)$/) }],
    ] as const;
    for (const [pull, values, verdict] of cases) {
      const { exit, stdout } = await inProcess(PROBE, {
        values: { json: true, as: "PUSH", time: "60", ...values },
        positionals: [String(pull.lastEndpoint)],
        env: { WRONG: "wrong" },
      });
      expect([exit, objects(stdout).at(-1)]).toMatchObject([verdict.healthy ? 0 : 1, verdict]);
    }
  });
});

describe("with ourselves at both ends", () => {
  it("listens with a key or a password, and lets in who has it", async () => {
    const curve = start(["pull", "--listen", ANY, "--curve-secret-key", "env:KEY", "-n", "1"], null, {
      KEY: server.secretKey,
    });
    await run(["push", await curve.seen(LISTENING), "--curve-server-key", server.publicKey, "one"]);
    expect([await curve.ended, curve.stdout]).toEqual([0, "one\n"]);
    const plain = start(["pull", "--listen", ANY, ...PLAIN, "-n", "1"], null, env);
    const url = await plain.seen(LISTENING);
    const refused = await run(["push", url, ...PLAIN, "never"], "", { PASSWORD: "wrong" });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("could not agree")]);
    expect((await run(["push", url, ...PLAIN, "two"], "", env)).code).toBe(0);
    expect([await plain.ended, plain.stdout]).toEqual([0, "two\n"]);
  });
});

const URL_ = "tcp://127.0.0.1:1";
/** A key may begin with a dash. */
const DASHED = `-${server.publicKey.slice(1)}`;
it.each([
  [["--plain-username", "a", "--plain-password", "geheim"], "a secret on the command line is seen"],
  [["--plain-username", "a"], "--plain-username needs --plain-password"],
  [["--plain-password", "env:A"], "--plain-password needs --plain-username"],
  [["--plain-username", "a", "--plain-password", "env:NONE"], "there is no NONE in the environment"],
  [["--plain-username", "a", "--plain-password", "file:/nowhere/x"], "ENOENT"],
  [["--curve-secret-key", "env:SECRET"], "--curve-secret-key needs --curve-server-key"],
  [["--curve-server-key", "short"], "--curve-server-key is"],
  [["--curve-server-key", server.publicKey, "--curve-secret-key", server.secretKey], "a secret on the command line"],
  [["--listen", "--curve-server-key", server.publicKey], "is for who connects"],
  [["--curve-server-key", DASHED, "--curve-secret-key", DASHED], "a secret on the command line"],
  [["--listen", "--curve-server-key", DASHED], "is for who connects"],
  [[...CURVE, ...PLAIN], "PLAIN and CURVE exclude each other"],
])("refuses %j with exit code 2, and repeats no secret", async (options, message) => {
  const { code, stderr } = await say(["pull", URL_, ...options], "", { SECRET: client.secretKey });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(stderr).not.toMatch(/geheim/);
  expect(stderr).not.toContain(server.secretKey);
});

it("says in a sentence that libsodium is missing", async () => {
  const made = await folder();
  await cp(fileURLToPath(new URL("../../dist", import.meta.url)), join(made, "dist"), { recursive: true });
  await writeFile(join(made, "package.json"), '{ "type": "module" }');
  const { code, stderr } = await run(["pull", URL_, ...CURVE], "", env, join(made, "dist/cli.js"));
  expect([code, stderr]).toEqual([
    2,
    "monocoque: CURVE needs the package libsodium-wrappers beside monocoque: npm install libsodium-wrappers\n",
  ]);
});
