/** The program's help: short on one screen, long with notes and examples. Wraps at the terminal's width. */
import { COMMON, type Command, type Option, type Options } from "./command.js";
import { COMMANDS } from "./commands.js";
import { EXIT_MEANINGS } from "./exit.js";
import { wrap } from "./wrap.js";

/** A text that fits behind `indent` columns that are taken already. */
function behind(text: string, columns: number, indent: number): string {
  return wrap(text, columns, " ".repeat(indent)).join("\n").slice(indent);
}

/** Names on the left, what they mean on the right; below each other where the terminal is narrow. */
function table(rows: readonly (readonly [string, string])[], columns: number): string {
  const widest = Math.max(...rows.map(([name]) => name.length));
  if (widest + 24 > columns) {
    return rows.map(([name, text]) => `  ${name}\n      ${behind(text, columns, 6)}`).join("\n");
  }
  return rows.map(([name, text]) => `  ${name.padEnd(widest)}  ${behind(text, columns, widest + 4)}`).join("\n");
}

function flagOf([name, { short, value, type }]: [string, Option]): string {
  const long = `--${name}${type === "string" ? ` ${value ?? "VALUE"}` : ""}`;
  return short === undefined ? long : `-${short}, ${long}`;
}

function optionTable(options: Options, columns: number): string {
  return table(
    Object.entries(options).map((entry) => [flagOf(entry), entry[1].help]),
    columns,
  );
}

/** Of the program. */
export function programHelp(columns: number): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary] as const);
  return [
    "monocoque: see and speak ZeroMQ's wire protocol, ZMTP 3.1\n",
    "Usage: monocoque COMMAND [OPTIONS]\n",
    ...(rows.length > 0 ? [table(rows, columns), ""] : []),
    behind(
      "monocoque COMMAND --help tells more of one. --version tells the version. " +
        "URLs are tcp://host:port, ipc:///path, ws://host:port",
      columns,
      0,
    ),
  ].join("\n");
}

/** Of one command. */
export function commandHelp(command: Command, columns: number, long: boolean): string {
  const { name, summary, usage, options, examples, notes = [] } = command;
  const exits = Object.entries(EXIT_MEANINGS).map(([code, text]) => [code, text] as const);
  return [
    `${behind(`monocoque ${name}: ${summary}`, columns, 0)}\n`,
    `Usage: ${behind(`monocoque ${name} ${usage}`, columns, 7)}\n`,
    optionTable({ ...options, ...COMMON }, columns),
    ...(long ? ["", ...notes.map((note) => `${behind(note, columns, 0)}\n`)] : []),
    ...(long ? [`Examples:\n${examples.map((line) => `  ${line}`).join("\n")}\n`] : []),
    ...(long ? [`Exit codes:\n${table(exits, columns)}`] : []),
  ].join("\n");
}
