/**
 * The published declarations, compiled strictly with all that they reach, in the surroundings that users have. Without `TYPES=all`
 * the compiler at hand and Node's types at hand; with it (`npm run test:types`) seven compilers and three generations of Node's types.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const full = process.env.TYPES === "all";
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

/** Every entry by name, so that each declaration is compiled, and what everybody does with the main ones. */
const typed = Object.keys(manifest.exports).filter((name) => manifest.exports[name].types !== undefined);
/** Its sockets are Node's EventEmitters, as those of version 5 were: it needs Node's types. */
const NODE_ALONE = "./zeromq/v5-compat";
const entries = (names: readonly string[]) =>
  names.map((name, i) => `export * as entry${i} from "monocoque${name.slice(1)}";\n`).join("");
const common = `${entries(typed.filter((name) => name !== NODE_ALONE))}
import { encodeFrame, FrameDecoder, wasmCodec, ZmtpSession, type Connection, type SessionEvent } from "monocoque";
import { connect, listen, type Listener } from "monocoque/node";
import compiled from "monocoque/codec.wasm";
export const session = new ZmtpSession({ socketType: "PULL", codec: wasmCodec(compiled) });
export const total = (octets: Uint8Array): number => {
  let sum = 0;
  for (const batch of new FrameDecoder().push(octets)) for (const frame of batch) sum += frame.payload.length;
  return sum + encodeFrame("a").length;
};
export const names = (events: Iterable<SessionEvent>): string[] => [...events].map((event) => event.type);
export async function first(endpoint: string): Promise<Uint8Array | undefined> {
  const listener: Listener = await listen(endpoint, { socketType: "PULL" });
  await using connection: Connection = await connect(listener.endpoint, { socketType: "PUSH" });
  connection.send(["a", new Uint8Array(1)]);
  for await (const peer of listener) for await (const [body] of peer) return body;
  return undefined;
}
// @ts-expect-error: not a socket type
new ZmtpSession({ socketType: "STREAM" });
`;

const v5 = `export * as v5 from "monocoque/zeromq/v5-compat";\n`;

/** What a program does with payloads where it has `Blob` and `crypto`; each kind of octets that it can get hold of. */
const payloads = `
import type { SessionBatchEvent } from "monocoque";
import { connect as overWebSocket } from "monocoque";
import { Subscriber as AnySubscriber } from "monocoque/sockets";
import { Subscriber } from "monocoque/zeromq";
const digested: Promise<ArrayBuffer>[] = [];
const use = { blobs: [] as Blob[] };
export const frames = (octets: Uint8Array): void => {
  for (const batch of new FrameDecoder().push(octets)) {
    use.blobs.push(new Blob([batch.payload(0), encodeFrame("a")]));
    for (const { payload } of batch) digested.push(crypto.subtle.digest("SHA-256", payload));
  }
};
export const events = (found: Iterable<SessionEvent | SessionBatchEvent>): void => {
  use.blobs.push(new Blob([session.start(), session.send("a"), session.subscribe()]));
  for (const event of found) {
    if (event.type === "SendBytes") use.blobs.push(new Blob([event.bytes]));
    if (event.type === "Frame") use.blobs.push(new Blob([event.frame.payload]));
    if (event.type === "Command") digested.push(crypto.subtle.digest("SHA-256", event.data));
    if (event.type === "HandshakeComplete") use.blobs.push(new Blob([event.peer.identity, ...event.peer.metadata.values()]));
  }
};
export const overAnything = async (connection: Connection): Promise<void> => {
  for await (const [body, ...rest] of connection) {
    if (body !== undefined) digested.push(crypto.subtle.digest("SHA-256", body));
    use.blobs.push(new Blob(rest));
  }
};
export const inNode = async (endpoint: string): Promise<void> => {
  for await (const [body] of await connect(endpoint, { socketType: "PULL" })) {
    if (body !== undefined) digested.push(crypto.subtle.digest("SHA-256", body));
    if (body !== undefined) use.blobs.push(new Blob([body]));
  }
  await overAnything(await connect(endpoint, { socketType: "PULL" }));
  await overAnything(await overWebSocket(endpoint, { socketType: "PULL" }));
};
export const bySockets = async (one: Subscriber, another: AnySubscriber): Promise<void> => {
  for await (const [topic, body] of one) {
    digested.push(crypto.subtle.digest("SHA-256", topic));
    use.blobs.push(new Blob([topic, body as typeof topic]));
  }
  for await (const [topic] of another) use.blobs.push(new Blob([topic]));
};
export const aborted = (signal: AbortSignal) => connect("ws://localhost", { socketType: "PUSH", signal });
`;

interface Surroundings {
  readonly name: string;
  readonly lib: readonly string[];
  /** The generation of Node's types, if there are any. */
  readonly node?: 20 | 22 | 24;
  readonly program: string;
}

const ES = "ES2023";
const DOM = [ES, "DOM", "DOM.Iterable", "DOM.AsyncIterable"];
const inNode = common + payloads + v5;
const SURROUNDINGS: readonly Surroundings[] = [
  { name: "the language alone", lib: [ES], program: common },
  { name: "a page", lib: DOM, program: common + payloads },
  { name: "Node 20", lib: [ES], node: 20, program: inNode },
  { name: "Node 22", lib: [ES], node: 22, program: inNode },
  { name: "Node 24", lib: [ES], node: 24, program: inNode },
  { name: "a page's and Node 20's types", lib: DOM, node: 20, program: inNode },
  { name: "a page's and Node 22's types", lib: DOM, node: 22, program: inNode },
  { name: "a page's and Node 24's types", lib: DOM, node: 24, program: inNode },
];

const VARIANTS = [
  { moduleResolution: "NodeNext", module: "NodeNext", exactOptionalPropertyTypes: true },
  { moduleResolution: "Bundler", module: "ESNext", exactOptionalPropertyTypes: false },
];

/** What the first compilers that we compile with know no name of. */
const LATER: Record<string, readonly string[]> = { "5.2": ["DOM.AsyncIterable"] };

const OURS = "the compiler here";
const COMPILERS = full ? ["5.2", "5.4", "5.6", "5.7", "5.9", "6", OURS] : [OURS];

/** What is on its way from the registry, or was. */
const packages = new Map<string, Promise<string>>();

/** A package of the registry, in a folder that the next run finds again: they are not worth their place in `npm ci`. */
function cached(name: string, version: string): Promise<string> {
  const found = packages.get(`${name}@${version}`) ?? installed(name, version);
  packages.set(`${name}@${version}`, found);
  return found;
}

async function installed(name: string, version: string): Promise<string> {
  const folder = join(root, "node_modules/.cache/types", `${name.replace("/", "-")}-${version}`);
  if (!existsSync(join(folder, "node_modules"))) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), "{}");
    const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    await run("npm", ["install", ...options, `${name}@${version}`], { cwd: folder });
  }
  return join(folder, "node_modules");
}

describe("the published declarations", () => {
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "monocoque-types-"));
    const installed = join(folder, "node_modules/monocoque");
    await mkdir(installed, { recursive: true });
    const options = ["--json", "--ignore-scripts", "--pack-destination", folder];
    const { stdout } = await run("npm", ["pack", ...options], { cwd: root });
    const [packed] = Object.values(JSON.parse(stdout)) as [{ filename: string }];
    await run("tar", ["xzf", join(folder, packed.filename), "--strip-components=1", "-C", installed]);
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  });

  afterAll(() => rm(folder, { recursive: true }));

  it("say Uint8Array without a parameter, which compilers before 5.7 do not know", async () => {
    const dist = join(folder, "node_modules/monocoque/dist");
    const names = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".d.ts"));
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const code = (await readFile(join(dist, name), "utf8")).replace(/\/\*[\s\S]*?\*\//g, "");
      expect(`${name}: ${/Uint8Array<.*/.exec(code)?.[0]}`).toBe(`${name}: undefined`);
    }
  });

  const cases = SURROUNDINGS.flatMap((where) =>
    COMPILERS.flatMap((compiler) =>
      // Without the whole matrix, each way once.
      VARIANTS.filter((_, i) => full || i === SURROUNDINGS.indexOf(where) % 2).map((variant) => ({
        ...where,
        compiler,
        variant,
        resolution: variant.moduleResolution,
      })),
    ),
  ).filter(({ node }) => full || node === undefined || node === 20);

  it.concurrent.each(cases)(
    "compile for $name, by $compiler, $resolution",
    async ({ lib, node, program, compiler, variant }) => {
      const at = join(folder, `program-${count++}`);
      await mkdir(at);
      await writeFile(join(at, "program.ts"), program);
      const nodeTypes =
        node === undefined || node === 20 ? join(root, "node_modules") : await cached("@types/node", `${node}`);
      const compilerOptions = {
        ...variant,
        lib: lib.filter((name) => !LATER[compiler]?.includes(name)),
        target: "ES2022",
        strict: true,
        noEmit: true,
        types: node === undefined ? [] : ["node"],
        typeRoots: [join(nodeTypes, "@types")],
      };
      await writeFile(join(at, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
      const modules = compiler === OURS ? join(root, "node_modules") : await cached("typescript", compiler);
      const tsc = join(modules, "typescript/lib/tsc.js");
      const { stdout } = await run("node", [tsc, "-p", at], { cwd: folder }).catch((error) => error);
      expect(stdout).toBe("");
    },
    120_000,
  );
});
