/** The program: finds the command, reads its options, runs it, and says how it ended. No RFC section: this is ours. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Arguments, COMMON, type Command, type Context } from "./command.js";
import { COMMANDS } from "./commands.js";
import { EXIT, type ExitCode, UsageError } from "./exit.js";
import { commandHelp, programHelp } from "./help.js";
import { type Talk, talk } from "./talk.js";

/** What the program has of the process that it runs in. */
export type Surroundings = Pick<Context, "stdin" | "stdout" | "stderr" | "env">;

/**
 * Runs the program with these arguments; `manifest` is where its package.json lies. Resolves with its exit code.
 *
 * @param around - Default: the process.
 */
export async function main(argv: readonly string[], manifest: URL, around: Surroundings = process): Promise<ExitCode> {
  const { stdout, stderr, env } = around;
  const gone = quietPipes(around);
  const [name, ...rest] = argv;
  const plain = talk({ stdout, stderr, env, json: argv.includes("--json") });
  if (name === "--version" || name === "-V") return print(plain, version(manifest));
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    if (name === "help" && rest[0] !== undefined) return main([rest[0], "--help"], manifest, around);
    // Without a command there is nothing to run: the help is an answer to a mistake, and goes where errors go.
    if (name === undefined) stderr.write(`${programHelp(plain.columns)}\n`);
    else plain.line(programHelp(plain.columns));
    return name === undefined ? EXIT.USAGE : EXIT.GOOD;
  }
  try {
    return await runCommand(await commandOf(name), rest, around, gone);
  } catch (error) {
    return plain.error(error);
  }
}

function print(say: Talk, text: string): ExitCode {
  say.line(text);
  return EXIT.GOOD;
}

/** The version of this package. */
function version(manifest: URL): string {
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

async function commandOf(name: string): Promise<Command> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry !== undefined) return entry.load();
  throw new UsageError(`no command "${name}". There are ${Object.keys(COMMANDS).join(", ")}: see monocoque --help`);
}

async function runCommand(
  command: Command,
  argv: readonly string[],
  around: Surroundings,
  gone: AbortSignal,
): Promise<ExitCode> {
  const { stdin, stdout, stderr, env } = around;
  const args = parse(command, argv);
  const { help, json, quiet, verbose } = args.values as Record<string, boolean | undefined>;
  const interrupted = new AbortController();
  const { signal } = interrupted;
  const flags = { json: json === true, quiet: quiet === true, verbose: verbose === true };
  const say = talk({ stdout, stderr, env, signal, ...flags });
  if (help) return print(say, commandHelp(command, say.columns, argv.includes("--help")));
  const stopListening = onInterrupt(interrupted, gone);
  const code = await command.run({ args, stdin, stdout, stderr, env, signal, say }).catch((error) => say.error(error));
  stopListening();
  if (signal.aborted && around === process) await leave(code);
  return code;
}

/** Milliseconds that a reader has who does not read when the program was told to end. */
const LAST_WORDS = 200;

/** Ends the process, whatever still waits. */
async function leave(code: ExitCode): Promise<never> {
  const { stdout } = process;
  if (stdout.writableLength > 0) {
    const drained = new Promise<void>((resolve) => stdout.write("", () => resolve()));
    await Promise.race([drained, sleep(LAST_WORDS)]);
  }
  process.exit(code);
}

/** A key in Z85 that begins with a dash, as one in 85 does, and would be taken for an option. */
const DASHED_KEY = /^-[^\s]{39}$/;

function keysTakenAsValues(argv: readonly string[]): string[] {
  const args: string[] = [];
  for (const arg of argv) {
    if (DASHED_KEY.test(arg) && args.at(-1)?.startsWith("--")) args.push(`${args.pop()}=${arg}`);
    else args.push(arg);
  }
  return args;
}

function parse(command: Command, argv: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: keysTakenAsValues(argv),
      options: { ...command.options, ...COMMON },
      allowPositionals: true,
    });
    return { values: { ...values } as Arguments["values"], positionals };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}. See monocoque ${command.name} --help`);
  }
}

/** The first Ctrl-C lets the command end in order, the second ends the process. A reader that goes away is one, too. */
function onInterrupt(interrupted: AbortController, gone: AbortSignal): () => void {
  gone.addEventListener("abort", () => interrupted.abort(), { once: true });
  if (gone.aborted) interrupted.abort();
  const interrupt = (signal: NodeJS.Signals) => {
    if (interrupted.signal.aborted) process.exit(128 + constants.signals[signal]);
    interrupted.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  return () => {
    for (const signal of signals) process.off(signal, interrupt);
  };
}

/**
 * Whoever reads our output may stop reading: `| head -1` is no error, and nobody wants to hear of it. Returns a signal
 * that is aborted then.
 */
function quietPipes({ stdout, stderr }: Surroundings): AbortSignal {
  const gone = new AbortController();
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
      gone.abort();
    });
  }
  return gone.signal;
}
