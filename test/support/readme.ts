/** The README's JavaScript, as it stands. */
import { readFile } from "node:fs/promises";

const text = await readFile(new URL("../../README.md", import.meta.url), "utf8");

export const blocks: readonly string[] = Array.from(
  text.matchAll(/^```js\n(.*?)^```$/gms),
  ([, block]) => block as string,
);

/** The only block with this text in it. */
export function blockWith(part: string): string {
  const found = blocks.filter((block) => block.includes(part));
  if (found.length !== 1) throw new Error(`${found.length} blocks of the README have ${part}`);
  return found[0] as string;
}
