/** The program as such: help, version, wrong usage, and how quickly and how narrowly it says so. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { harmless, harmlessJson } from "../../src/cli/harmless.js";
import { quote, unquote } from "../../src/cli/quote.js";
import { objects, run, say } from "./program.js";
// @ts-expect-error: a script without types.
import { commandNames, document } from "./write.js";

const help = async (...args: string[]) => (await say(args, "", { COLUMNS: "80" })).stdout;
const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe("the program", () => {
  it("says its version, and its commands", async () => {
    const { version } = JSON.parse(await readFile(at("package.json"), "utf8"));
    // Once as a program of its own: what package.json names as "bin" does no more than the rest here.
    expect(await run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    const { code, stdout, stderr } = await say(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    const names = commandNames(stdout);
    expect(names).toEqual(expect.arrayContaining(["tap", "sub", "pull", "push", "req", "rep", "dealer", "pub"]));
    for (const name of names) expect(stdout).toContain(`  ${name} `);
  });

  it("is documented as it is", async () => {
    expect(await readFile(at("docs/cli.md"), "utf8")).toBe(await document(help));
  });

  it("fits its help into 40 columns, long lines of examples aside", async () => {
    const { stdout } = await say(["tap", "-h"], "", { COLUMNS: "40" });
    expect(stdout).toContain("--record FILE\n");
    expect(stdout.split("\n").filter((line) => line.length > 40)).toEqual([]);
  });

  it.each([
    [[], "Usage: monocoque COMMAND"],
    [["nonsense"], 'no command "nonsense"'],
    [["pull"], "a URL is missing"],
    [["pull", "--nonsense", "tcp://127.0.0.1:1"], "Unknown option '--nonsense'"],
    [["pull", "tcp://127.0.0.1:1", "more"], '"more" is one too many'],
    [["pull", "tcp://127.0.0.1:1", "-n", "1.5"], "--count is a whole number of messages, from 1 on, not 1.5"],
    [["pull", "nonsense://x"], "nonsense://x: Protocol not supported"],
    [["tap", "--to", "tcp://127.0.0.1:1"], "--listen URL is missing"],
    [["tap", "--listen", "x", "--to", "tcp://127.0.0.1:1"], "--listen:"],
    [["tap", "--listen", "tcp://127.0.0.1:0", "--to", "tcp://127.0.0.1:1", "--record", "/nowhere/x"], "--record:"],
    [["bench", "--quick", "more"], '"more" is one too many'],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await say(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it("says errors as objects where everything is one", async () => {
    const { code, stdout, stderr } = await say(["pull", "--json", "nonsense://x"]);
    expect([code, stderr]).toEqual([2, ""]);
    expect(objects(stdout)).toEqual([{ type: "error", message: "nonsense://x: Protocol not supported", exit: 2 }]);
  });

  it("takes one format, not two", async () => {
    const { code, stdout } = await say(["pull", "--json", "--hex", "tcp://127.0.0.1:1"]);
    expect([code, objects(stdout)[0]?.message]).toEqual([2, expect.stringContaining("exclude each other")]);
  });

  it("measures this machine, and names it", async () => {
    const { code, stdout } = await say(["bench", "--quick", "--json"]);
    const [machine, ...figures] = objects(stdout);
    expect(code).toBe(0);
    expect(machine).toMatchObject({ type: "machine", cores: expect.any(Number), node: process.versions.node });
    const names = figures.map(({ what, size }) => `${what} ${size}`);
    expect(names).toEqual(
      expect.arrayContaining(["decode wasm 64", "encode js 65536", "loopback 64", "round trip 64"]),
    );
    for (const { rate, slowest } of figures) expect(rate).toBeGreaterThanOrEqual(slowest as number);
  });
});

describe("quoting", () => {
  it("loses nothing: every octet, and every pair with a backslash", () => {
    for (let octet = 0; octet < 256; octet++) {
      for (const octets of [[octet], [0x5c, octet], [0xc3, 0xa4, octet]]) {
        expect([...unquote(quote(Uint8Array.from(octets)))]).toEqual(octets);
      }
    }
  });

  it("escapes what could harm a terminal, and leaves the rest", () => {
    expect(quote(Buffer.from("grüße 日本\t\u001b[2J\u202e"))).toBe("grüße 日本\\t\\x1b[2J\\xe2\\x80\\xae");
    expect(harmless("a\u009bb")).toBe("a\\u{9b}b");
    expect(harmlessJson("\u009b\u202e")).toBe('"\\u009b\\u202e"');
  });
});
