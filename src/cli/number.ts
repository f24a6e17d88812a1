/** Numbers on the command line: each is checked once, and refused by its name, its unit and what would do. */
import type { Arguments } from "./command.js";
import { UsageError } from "./exit.js";

/** What a number has to be. */
export interface NumberWanted {
  readonly unit: string;
  readonly least: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** The number that an option was given; undefined where it was not. */
export function numberOf({ values }: Arguments, name: string, wanted: NumberWanted): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const { unit, least, most = Number.MAX_SAFE_INTEGER, whole = false } = wanted;
  const value = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  const upTo = wanted.most === undefined ? "or more" : `to ${most}`;
  throw new UsageError(
    `--${name} is a number of ${unit}, ${least} ${upTo}${whole ? ", and whole" : ""}: not "${text}"`,
  );
}
