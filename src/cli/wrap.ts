/** Text in lines that fit the terminal. No RFC section: this is ours. */

/** Letters that a line has room for at least, however narrow the terminal is. */
const LEAST = 16;

/** A text in lines of at most `columns`; the first begins with `indent`, the others with `hang`. */
export function wrap(text: string, columns: number, indent = "", hang = indent): string[] {
  const lines: string[] = [];
  let start = indent;
  let line = "";
  for (const word of text.split(" ")) {
    const room = Math.max(LEAST, columns - start.length);
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(start + line);
      start = hang;
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, start + line];
}

/** As much of a line as fits. */
export function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}
