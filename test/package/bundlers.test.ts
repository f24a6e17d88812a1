/** What a page pays for what it uses: tiny programs through the bundlers; all four by `npm run test:bundlers`. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlers, gzipped } from "../support/bundle.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const KiB = 1024;

/**
 * What is used, and the most octets that it may bring into a bundle, minified and gzipped: what has been reached, with
 * little room above it, so that whatever adds to it is noticed.
 */
const BUDGETS = [
  // One function and its header: nothing of errors, of WebAssembly or of a decoder.
  { name: "encodeFrame", from: "monocoque", most: 1 * KiB },
  // The codec in WebAssembly and in TypeScript, the session, and the words of its errors with their hints.
  { name: "ZmtpSession", from: "monocoque", most: 18 * KiB },
  // The session, connections over streams and ws://, and PLAIN.
  { name: "*", from: "monocoque", most: 32.75 * KiB },
  // The same, with tcp://, ipc:// and listeners.
  { name: "*", from: "monocoque/node", most: 40.25 * KiB },
  // Those of a page, and its end of a connection in a worker.
  { name: "*", from: "monocoque/page", most: 38 * KiB },
  // What runs in a worker: a link over tcp:// and ipc://, its end of the rings, and CURVE, which it loads when asked.
  { name: "*", from: "monocoque/thread", most: 43 * KiB },
  // libsodium itself is left to the importer.
  { name: "*", from: "monocoque/curve", most: 11.5 * KiB },
  // The decoder, the session and their words, with what each octet means, captures and recordings.
  { name: "*", from: "monocoque/inspect", most: 30 * KiB },
  // Sockets and their patterns over the connections; then what makes them zeromq.js, its drafts, and its version 5.
  { name: "*", from: "monocoque/sockets", most: 48 * KiB },
  { name: "*", from: "monocoque/zeromq", most: 59 * KiB },
  { name: "*", from: "monocoque/zeromq/draft", most: 48 * KiB },
  { name: "*", from: "monocoque/zeromq/v5-compat", most: 62 * KiB },
];

const statement = (name: string, from: string) =>
  `import ${name === "*" ? "* as used" : `{ ${name} as used }`} from "${from}"; globalThis.used = used;`;

const all = bundlers({
  resolve: (specifier) => join(root, manifest.exports[specifier.replace("monocoque", ".")].default),
});
const chosen = Object.entries(all).filter(([name]) => process.env.BUNDLERS === "all" || name === "esbuild");

describe.each(chosen)("%s", (bundler, bundle) => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "monocoque-bundles-"));
    await mkdir(join(folder, "node_modules"));
    await symlink(root, join(folder, "node_modules/monocoque"));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each(BUDGETS)("brings little along for $name of $from", async ({ name, from, most }) => {
    const path = join(folder, `${name.replace("*", "all")}-${from.replaceAll("/", "-")}.js`);
    await writeFile(path, statement(name, from));
    const size = gzipped(await bundle(path));
    console.log(`${bundler}: ${name} of ${from}: ${size} octets gzipped`);
    // Less than this, and the program was not in the bundle.
    expect(size).toBeGreaterThan(200);
    expect(size).toBeLessThanOrEqual(most);
  });
});

describe("every entry", () => {
  const entries = Object.keys(manifest.exports).filter((name) => manifest.exports[name].default?.endsWith(".js"));

  it.each(entries)("%s has a budget of its own", (entry) => {
    const specifier = join("monocoque", entry);
    expect(BUDGETS.map(({ name, from }) => `${name} of ${from}`)).toContain(`* of ${specifier}`);
  });
});
