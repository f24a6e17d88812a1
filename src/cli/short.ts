/** Numbers for people: three digits and a thousand's letter. No RFC section: this is ours. */

const THOUSANDS = ["", "k", "M", "G"] as const;

/** "1.50 MB/s" for 1,500,000 and "B/s". */
export function short(value: number, unit: string): string {
  const power = Math.min(THOUSANDS.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  const digits = power === 0 && Number.isInteger(value) ? `${value}` : (value / 1000 ** power).toPrecision(3);
  return `${digits} ${THOUSANDS[power]}${unit}`;
}
