/** What a number among the options may be, and what a caller is told whose number is not that. */

/** @internal Both ends belong to the range: where `most` is `Infinity`, a caller may say `Infinity`. */
export interface NumberRule {
  readonly unit: string;
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

/**
 * @internal Throws a TypeError for what is no number, a RangeError for one out of its range; undefined is left to the
 * default.
 */
export function checkNumber(name: string, value: unknown, rule: NumberRule): void {
  if (value === undefined) return;
  const { unit, least, most, whole = false } = rule;
  const range = most === Infinity ? `from ${least} on` : `from ${least} to ${most}`;
  const wanted = `${name} is a ${whole ? "whole " : ""}number of ${unit}, ${range}`;
  if (typeof value !== "number") throw new TypeError(`${wanted}, not ${shown(value)}`);
  if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    throw new RangeError(`${wanted}, not ${value}`);
  }
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
