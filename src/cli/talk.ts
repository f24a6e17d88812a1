/** What the program says, and where: stdout carries data only; stderr the rest, in colour. */
import { once } from "node:events";
import { ZmtpError } from "../error.js";
import { type ExitCode, exitOf } from "./exit.js";
import { harmless, harmlessJson } from "./harmless.js";

/** Colours by what they mean. The numbers are those of ECMA-48. */
const STYLES = { bold: "1", dim: "2", bad: "31", good: "32", warn: "33", name: "36" } as const;

/** One of them. */
export type Style = keyof typeof STYLES;

/** How a command speaks. */
export interface Talk {
  /** Whether stdout is to carry one JSON object a line. */
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Columns of the terminal, for what people are told; 80 where there is none. */
  readonly columns: number;
  /** Columns of a line of data; no line is cut for a pipe or a file, unless COLUMNS says so. */
  readonly width: number;
  /** One line of data. Text that came from a peer has to be harmless already. */
  line(text: string): void;
  /** One object of data, on one line. */
  object(value: object): void;
  /** What is said within `work` is written at once: a call of the system for thousands of lines. */
  together(work: () => void): void;
  /** Octets of data, as they are. */
  octets(octets: Uint8Array): void;
  /** A line on stderr for people, unless they want quiet. */
  note(text: string): void;
  /** A line on stderr for people who want to know more. */
  detail(text: string): void;
  /** A line on stderr that the next one replaces; only on a terminal. */
  progress(text: string): void;
  /** An error: on stderr, or as an object where everything is one. Returns the exit code it stands for. */
  error(error: unknown): ExitCode;
  /** Text in colour, where `to` (default stderr) is a terminal that wants it. */
  paint(style: Style, text: string, to?: "stdout" | "stderr"): string;
  /** Octets that wait for whoever reads stdout. */
  readonly waiting: number;
  /** Resolves when stdout has room again, or when the command is to end. */
  room(): Promise<void>;
}

/** What a talk needs to know. */
interface Setting {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** Aborted when the command is to end. */
  readonly signal?: AbortSignal;
}

const CLEAR = "\r\u001b[K";

/** Makes the talk of one command. */
export function talk({ stdout, stderr, env, json = false, quiet = false, verbose = false, signal }: Setting): Talk {
  let progressed = false;
  /** Lines that wait for the end of `together`; undefined: none do. */
  let gathered: string[] | undefined;
  const put = (line: string) => {
    if (gathered === undefined) stdout.write(`${line}\n`);
    else gathered.push(line);
  };
  const tell = (text: string) => {
    stderr.write(`${progressed ? CLEAR : ""}${text}\n`);
    progressed = false;
  };
  return {
    json,
    quiet,
    verbose,
    columns: stdout.columns ?? stderr.columns ?? (Number(env.COLUMNS) || 80),
    width: (stdout.isTTY && stdout.columns) || Number(env.COLUMNS) || Infinity,
    line: put,
    object: (value) => put(harmlessJson(value)),
    together: (work) => {
      const lines: string[] = [];
      gathered = lines;
      try {
        work();
      } finally {
        gathered = undefined;
        if (lines.length > 0) stdout.write(`${lines.join("\n")}\n`);
      }
    },
    get waiting() {
      return stdout.writableLength;
    },
    octets: (octets) => void stdout.write(octets),
    note: (text) => {
      if (!quiet) tell(text);
    },
    detail: (text) => {
      if (verbose && !quiet) tell(text);
    },
    progress: (text) => {
      if (quiet || !stderr.isTTY) return;
      stderr.write(`${CLEAR}${text.slice(0, Math.max(1, (stderr.columns ?? 80) - 1))}`);
      progressed = true;
    },
    error: (error) => {
      const exit = exitOf(error);
      if (json) stdout.write(`${harmlessJson(errorObject(error, exit))}\n`);
      else
        tell(
          `${wantsColour(stderr, env) ? "\u001b[31mmonocoque:\u001b[0m" : "monocoque:"} ${errorText(error, verbose)}`,
        );
      return exit;
    },
    paint: (style, text, to = "stderr") =>
      wantsColour(to === "stdout" ? stdout : stderr, env) ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text,
    room: async () => {
      // A reader may be slow, or have stopped for good.
      if (stdout.writableNeedDrain) await once(stdout, "drain", { signal }).catch(() => {});
    },
  };
}

/** NO_COLOR (no-color.org) comes before FORCE_COLOR, and both before what the stream is. */
function wantsColour(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}

function errorText(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return harmless(String(error));
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  const stack = verbose && error.stack ? `\n${error.stack.split("\n").slice(1).join("\n")}` : "";
  return `${harmless(error.message + cause)}${stack}`;
}

/** An error as an object. `exit` is the code that the program ends with. */
function errorObject(error: unknown, exit: ExitCode): object {
  const { message, code } = (error instanceof Error ? error : { message: String(error) }) as Error & { code?: string };
  const { offset, section, hint, blame } = error instanceof ZmtpError ? error : ({} as Partial<ZmtpError>);
  return { type: "error", code, message, offset, section, hint, blame, exit };
}
