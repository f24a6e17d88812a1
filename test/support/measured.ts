/** A program in a process of its own whose memory is looked at from outside, and which must not end by an error. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** In octets: what the program's engine and its memory beside that hold after a collection. */
const REPORT = `
import { createInterface as linesOf } from "node:readline";
const measure = () => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const answers = { measure };
linesOf(process.stdin).on("line", (word) => {
  try { console.log("=", word, answers[word]()); } catch (error) { console.log("=", word, error.message); }
}).once("close", () => process.exit());
`;

export class Measured {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<string, (answer: string) => void>();
  #errors = "";
  /** Its exit code or signal. */
  readonly exit: Promise<unknown>;
  readonly lines: string[] = [];

  private constructor(path: string) {
    const child = spawn(process.execPath, ["--expose-gc", "--unhandled-rejections=strict", path], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    createInterface(child.stdout).on("line", (line) => this.#line(line));
    child.stderr.on("data", (chunk) => {
      this.#errors += chunk;
    });
    this.exit = once(child, "close").then(([code, signal]) => code ?? signal);
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await this.exit;
    });
  }

  /** Runs a program that may use the package by its name; `answers` is where it puts functions to be asked for. */
  static async run(program: string): Promise<Measured> {
    const folder = await mkdtemp(join(tmpdir(), "monocoque-measured-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, "node_modules"));
    await symlink(root, join(folder, "node_modules/monocoque"), "junction");
    const path = join(folder, "program.mjs");
    await writeFile(path, REPORT + program);
    return new Measured(path);
  }

  /** What it has complained of. */
  get errors(): string {
    return this.#errors;
  }

  /** A line of its own that begins so; the rest of it. */
  async says(beginning: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((line) => line.startsWith(beginning));
      if (line !== undefined) return line.slice(beginning.length).trim();
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.#errors}`);
    }
  }

  /** What it answers to a word. */
  async ask(word: string): Promise<string> {
    const answer = new Promise<string>((resolve) => this.#waiting.set(word, resolve));
    this.#child.stdin?.write(`${word}\n`);
    return answer;
  }

  async octets(): Promise<number> {
    return Number(await this.ask("measure"));
  }

  /** Octets resident, as the system says. */
  async resident(): Promise<number> {
    const [, pages] = (await readFile(`/proc/${this.#child.pid}/statm`, "utf8")).split(" ");
    return Number(pages) * 4096;
  }

  /** Open descriptors, as the system says. */
  async descriptors(): Promise<number> {
    return (await readdir(`/proc/${this.#child.pid}/fd`)).length;
  }

  #line(line: string): void {
    const [, word, answer] = /^= (\S+) (.*)$/.exec(line) ?? [];
    const waiting = this.#waiting.get(word ?? "");
    if (waiting) waiting(answer as string);
    else this.lines.push(line);
  }
}
