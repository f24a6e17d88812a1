/** Numbers on the command line, held to the same rules as those among the options of a call. */
import { checkNumber, type NumberRule } from "../connection/number-rule.js";
import type { Arguments } from "./command.js";
import { UsageError } from "./exit.js";

/** The number that an option was given; undefined where it was not. */
export function numberOf(
  { values }: Arguments,
  name: string,
  rule: Omit<NumberRule, "most"> & { most?: number },
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  try {
    checkNumber(`--${name}`, Number.isNaN(value) || String(text).trim() === "" ? text : value, {
      most: Infinity,
      ...rule,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return value;
}
