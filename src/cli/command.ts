/** What a command of the program is: a value with its name, its options and what it does. Ours, no RFC. */
import type { ExitCode } from "./exit.js";
import type { Talk } from "./talk.js";

/** One option: the shape that `parseArgs` of node:util takes, and a line for the help. */
export interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for its value in the help: "COUNT". */
  readonly value?: string;
  /** One line for the help. */
  readonly help: string;
}

/** Options by their long names. */
export type Options = Readonly<Record<string, Option>>;

/** What an option was given. Absent: it was not. */
export type Value = string | boolean | readonly string[];

/** The command line, taken apart. */
export interface Arguments {
  readonly values: Readonly<Record<string, Value | undefined>>;
  readonly positionals: readonly string[];
}

/** What a command is given to work with. */
export interface Context {
  readonly args: Arguments;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C, and by whoever ends the process. */
  readonly signal: AbortSignal;
  readonly say: Talk;
}

/** One command. */
export interface Command {
  readonly name: string;
  /** What it is for, in one line. */
  readonly summary: string;
  /** What stands behind its name: "URL [MESSAGE…]". */
  readonly usage: string;
  /** Whole command lines. */
  readonly examples: readonly string[];
  readonly options: Options;
  /** More paragraphs for the long help. */
  readonly notes?: readonly string[];
  run(context: Context): Promise<ExitCode>;
}

/** What every command takes. */
export const COMMON: Options = {
  json: { type: "boolean", help: "one JSON object a line on stdout, errors included" },
  quiet: { type: "boolean", short: "q", help: "say nothing on stderr but errors" },
  verbose: { type: "boolean", short: "v", help: "say more on stderr" },
  help: { type: "boolean", short: "h", help: "-h: this on one screen; --help: with notes and examples" },
};
