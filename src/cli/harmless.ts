/** Text from a peer, made harmless before a terminal sees it: what could move a cursor or hide text is escaped. */

/** Control characters, and what turns or hides the text around it. */
const HARMFUL = new RegExp(
  "[\\0-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f" +
    "\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]",
  "gu",
);

/** A text in which every harmful character is written as `\u{…}`. `quote` can be undone, this cannot. */
export function harmless(text: string): string {
  return text.replace(HARMFUL, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Whether a terminal can be shown this text as it is. */
export function isHarmless(text: string): boolean {
  return text.search(HARMFUL) === -1;
}

/** JSON of one line in which every harmful character is an escape that JSON has. */
export function harmlessJson(value: unknown): string {
  return JSON.stringify(value).replace(HARMFUL, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
