/** Ours in the place of `zeromq`, by the lines that README.md gives, for packages that ask for version 5 or 6. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const quiet = ["--offline", "--no-audit", "--no-fund"];

/** What the addon exports. */
const NAMES = [
  ...["Context", "Dealer", "Observer", "Pair", "Proxy", "Publisher", "Pull", "Push", "Reply", "Request", "Router"],
  ...[
    "Socket",
    "Stream",
    "Subscriber",
    "XPublisher",
    "XSubscriber",
    "capability",
    "context",
    "curveKeyPair",
    "version",
  ],
];
const DRAFTS = ["Client", "Datagram", "Dish", "Gather", "Radio", "Scatter", "Server"];

/** A package of somebody who requires `zeromq`, and one who imports it. */
const DEPENDENTS = {
  "requires-5": { version: "^5.2.8", file: "index.cjs", code: 'module.exports = require("zeromq/v5-compat");' },
  "requires-6": { version: "^6.0.0-beta.16", file: "index.cjs", code: 'module.exports = require("zeromq");' },
  "imports-6": { version: "^6.5.0", file: "index.mjs", code: 'export { Pull, default as zmq } from "zeromq";' },
};

describe("the folder that stands in for zeromq", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "monocoque-as-zeromq-")));
    const dependencies: Record<string, string> = await linesOfReadme();
    dependencies.monocoque = await pack(root);
    for (const [name, { version, file, code }] of Object.entries(DEPENDENTS)) {
      const source = join(folder, "sources", name);
      await mkdir(source, { recursive: true });
      const manifest = { name, version: "1.0.0", exports: `./${file}`, dependencies: { zeromq: version } };
      await writeFile(join(source, "package.json"), JSON.stringify(manifest));
      await writeFile(join(source, file), code);
      dependencies[name] = await pack(source);
    }
    const manifest = { private: true, dependencies, overrides: { zeromq: "$zeromq" } };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await run("npm", ["install", ...quiet], { cwd: folder });
  });

  afterAll(() => rm(folder, { recursive: true }));

  const pack = async (source: string) => {
    const packing = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const { stdout } = await run("npm", packing, { cwd: source });
    const [{ filename }] = Object.values(JSON.parse(stdout)) as [{ filename: string }];
    return `file:${filename}`;
  };

  /** The dependencies that README.md tells people to have; the overrides are held to be what is installed here. */
  const linesOfReadme = async () => {
    const readme = await readFile(join(root, "README.md"), "utf8");
    const [, block] = /```json\n(\{[^`]*"overrides"[^`]*\})\n```/.exec(readme) ?? [];
    const { dependencies, overrides } = JSON.parse(block ?? "");
    expect(overrides).toEqual({ zeromq: "$zeromq" });
    expect(Object.keys(dependencies)).toEqual(["monocoque", "zeromq"]);
    return dependencies;
  };

  const printed = async (name: string, code: string) => {
    await writeFile(join(folder, name), code);
    const { stdout, stderr } = await run("node", [name], { cwd: folder });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  };

  const onlyOurs = async () => {
    const paths = await readdir(folder, { recursive: true });
    expect(paths.filter((path) => path.endsWith(".node"))).toEqual([]);
    expect(paths.filter((path) => /node_modules.zeromq$/.test(path))).toEqual([join("node_modules", "zeromq")]);
    expect(await realpath(join(folder, "node_modules/zeromq"))).toBe(join(folder, "node_modules/monocoque/as-zeromq"));
    const { stdout } = await run("npm", ["ls", "zeromq", "--json"], { cwd: folder });
    const users = Object.entries(JSON.parse(stdout).dependencies) as [string, { dependencies?: object }][];
    const names = users.filter(([, { dependencies }]) => dependencies !== undefined).map(([name]) => name);
    expect(names.sort()).toEqual(Object.keys(DEPENDENTS).sort());
  };

  it("is all that a fresh install has by that name, and a clean install, too", async () => {
    await onlyOurs();
    await run("npm", ["ci", ...quiet], { cwd: folder });
    await onlyOurs();
  });

  it("has the names of zeromq, required and imported, and no class twice", async () => {
    const required = await printed(
      "required.cjs",
      `const paths = ["zeromq", "zeromq/draft", "zeromq/v5-compat"];
      const [all, drafts, old] = paths.map((name) => require(name));
      const users = require("requires-6") === all && require("requires-5") === old;
      import("zeromq").then((imported) => console.log(JSON.stringify([Object.keys(all).sort(),
        Object.keys(drafts).sort(), users, Object.keys(all).every((name) => all[name] === imported[name]),
        typeof old.createSocket])));`,
    );
    expect(required).toEqual([NAMES, DRAFTS, true, true, "function"]);
    const imported = await printed(
      "imported.mjs",
      `import * as all from "zeromq"; import * as drafts from "zeromq/draft.js";
      import { createSocket } from "zeromq/v5-compat.js";
      import { Pull, zmq } from "imports-6"; import * as ours from "monocoque/zeromq";
      const added = ["default", "__esModule", "module.exports"]; // by Node, of a CommonJS module
      const names = (module) => Object.keys(module).filter((name) => !added.includes(name)).sort();
      console.log(JSON.stringify([names(all), names(drafts), typeof createSocket,
        Pull === ours.Pull && zmq.Push === ours.Push]));`,
    );
    expect(imported).toEqual([NAMES, DRAFTS, "function", true]);
  });

  it("carries messages between a package that requires, one of version 5, and one that imports", async () => {
    const heard = await printed(
      "messages.mjs",
      `import { Pull } from "imports-6"; import six from "requires-6"; import five from "requires-5";
      const pull = new Pull();
      await pull.bind("tcp://127.0.0.1:*");
      const push = new six.Push();
      push.connect(pull.lastEndpoint);
      await push.send(["six", "a"]);
      const heard = [(await pull.receive()).map(String)];
      const old = five.createSocket("push");
      old.connect(pull.lastEndpoint);
      old.send(["five", "b"]);
      heard.push((await pull.receive()).map(String));
      for (const socket of [pull, push, old]) socket.close();
      console.log(JSON.stringify(heard));`,
    );
    expect(heard).toEqual([
      ["six", "a"],
      ["five", "b"],
    ]);
  });

  it("has the types of zeromq for modules, and for CommonJS", async () => {
    const typed = `import * as zmq from "zeromq";
import { Radio } from "zeromq/draft.js";
import { socket } from "zeromq/v5-compat.js";
export const pull: zmq.Pull = new zmq.Pull({ receiveHighWaterMark: 10 });
export const first = async (): Promise<Buffer | undefined> => (await pull.receive())[0];
export const radio = new Radio();
export const old = socket("push").bindSync("tcp://127.0.0.1:*");
// @ts-expect-error: a Pull does not send
pull.send("a");
`;
    for (const name of ["typed.mts", "typed.cts"]) await writeFile(join(folder, name), typed);
    const compilerOptions = { strict: true, noEmit: true, module: "NodeNext", target: "ES2022", types: ["node"] };
    const typeRoots = [join(root, "node_modules/@types")];
    const config = { compilerOptions: { ...compilerOptions, typeRoots }, files: ["typed.mts", "typed.cts"] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/typescript/lib/tsc.js");
    const { stdout } = await run("node", [tsc, "-p", "."], { cwd: folder }).catch((error) => error);
    expect(stdout).toBe("");
  });
});
