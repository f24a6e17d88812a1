/** The built program, run as a shell runs it: without a terminal, its streams are pipes. */
import { type ChildProcess, spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Command, Value } from "../../src/cli/command.js";
import { main } from "../../src/cli/main.js";
import { talk } from "../../src/cli/talk.js";

const PROGRAM = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** A program that runs. */
export interface Running {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
  /** Resolves when this stands on stdout or stderr, with the first group of the match. */
  seen(pattern: RegExp): Promise<string>;
  /** Resolves with the exit code, and the signal if it was one. */
  readonly ended: Promise<number | string>;
}

/** Starts the program; `stdin` is piped in and ended; null: it stays open. */
export function start(
  args: readonly string[],
  stdin: string | null = "",
  env: object = {},
  program = PROGRAM,
): Running {
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH, ...env } });
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  const running: Running = {
    child,
    stdout: "",
    stderr: "",
    seen: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          const found = pattern.exec(running.stdout) ?? pattern.exec(running.stderr);
          if (found === null) return;
          waiting.delete(look);
          resolve(found[1] ?? found[0]);
        };
        waiting.add(look);
        look();
      }),
    ended: new Promise((resolve) => {
      child.once("close", (code, signal) => resolve(code ?? signal ?? "?"));
    }),
  };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      running[stream] += text;
      wake();
    });
  }
  child.stdin?.on("error", () => {});
  if (stdin !== null) child.stdin?.end(stdin);
  onTestFinished(() => void child.kill("SIGKILL"));
  return running;
}

/** Runs the program to its end. */
export async function run(args: readonly string[], stdin?: string, env?: object, program?: string) {
  const running = start(args, stdin, env, program);
  const code = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

/**
 * Runs the program in this process, which takes a hundredth of the time; what a process of its own would do differently
 * is tested with `run`. Without a terminal, as there.
 */
export async function say(argv: readonly string[], stdin = "", env: NodeJS.ProcessEnv = {}) {
  const told = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof told) => {
    const stream = new PassThrough();
    stream.setEncoding("utf8").on("data", (text: string) => {
      told[name] += text;
    });
    return stream as unknown as NodeJS.WriteStream;
  };
  const input = new PassThrough();
  input.end(stdin);
  const around = { stdin: input as unknown as NodeJS.ReadStream, stdout: sink("stdout"), stderr: sink("stderr"), env };
  const code = await main(argv, new URL("../../package.json", import.meta.url), around);
  // What was written in this turn is heard in the next.
  await new Promise((resolve) => setImmediate(resolve));
  return { code, ...told };
}

/** What a command is given that runs in this process. */
export interface Given {
  readonly values?: Readonly<Record<string, Value>>;
  readonly positionals?: readonly string[];
  readonly stdin?: Uint8Array;
  readonly columns?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Told of each piece that the command writes to stderr. */
  readonly heard?: (text: string) => void;
}

/** Runs a command in this process: quicker than a program of its own. Rejects as the command does. */
export async function inProcess(command: Command, { values = {}, positionals = [], ...given }: Given) {
  const { stdin = new Uint8Array(0), columns = 80, heard } = given;
  const told = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof told) => {
    const stream = new PassThrough();
    stream.setEncoding("utf8").on("data", (text: string) => {
      told[name] += text;
      if (name === "stderr") heard?.(text);
    });
    return stream as unknown as NodeJS.WriteStream;
  };
  const [stdout, stderr] = [sink("stdout"), sink("stderr")];
  const input = new PassThrough();
  input.end(stdin);
  const env = { COLUMNS: String(columns), ...given.env };
  const say = talk({ stdout, stderr, env, json: values.json === true, verbose: values.verbose === true });
  const { signal } = new AbortController();
  const args = { values, positionals };
  const exit = await command.run({
    args,
    stdin: input as unknown as NodeJS.ReadStream,
    stdout,
    stderr,
    env,
    signal,
    say,
  });
  // What was written in this turn is heard in the next.
  await new Promise((resolve) => setImmediate(resolve));
  return { exit, ...told };
}

/** Every line of JSON. Throws for a line that is none. */
export function objects(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
