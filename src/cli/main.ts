/** The program: finds the command, reads its options, runs it, and says how it ended. No RFC section: this is ours. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
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
  quietPipes(around);
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
    return await runCommand(await commandOf(name), rest, around);
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

async function runCommand(command: Command, argv: readonly string[], around: Surroundings): Promise<ExitCode> {
  const { stdin, stdout, stderr, env } = around;
  const args = parse(command, argv);
  const { help, json, quiet, verbose } = args.values as Record<string, boolean | undefined>;
  const say = talk({ stdout, stderr, env, json: json === true, quiet: quiet === true, verbose: verbose === true });
  if (help) return print(say, commandHelp(command, say.columns, argv.includes("--help")));
  const interrupted = new AbortController();
  const stopListening = onInterrupt(interrupted);
  try {
    return await command.run({ args, stdin, stdout, stderr, env, signal: interrupted.signal, say });
  } catch (error) {
    return say.error(error);
  } finally {
    stopListening();
  }
}

function parse(command: Command, argv: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { ...command.options, ...COMMON },
      allowPositionals: true,
    });
    return { values: { ...values } as Arguments["values"], positionals };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}. See monocoque ${command.name} --help`);
  }
}

/** The first Ctrl-C lets the command end in order, the second ends the process. */
function onInterrupt(interrupted: AbortController): () => void {
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

/** Whoever reads our output may stop reading: `| head -1` is no error, and nobody wants to hear of it. */
function quietPipes({ stdout, stderr }: Surroundings): void {
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(process.exitCode ?? EXIT.GOOD);
    });
  }
}
