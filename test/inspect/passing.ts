/** A proxy that keeps what passes: real traffic for stories. */
import { createConnection, createServer } from "node:net";
import { onTestFinished } from "vitest";
import { type Entry, type Framing, type Side, Story } from "../../src/inspect/index.js";

/** What has passed so far. */
export interface Passing {
  readonly port: number;
  readonly passed: { readonly side: Side; readonly octets: Buffer }[];
  /** Resolves when both sides have said so much that this holds. */
  until(done: (entries: readonly Entry[]) => boolean): Promise<readonly Entry[]>;
}

/** Stands in front of a port of this machine, for one client. */
export async function passing(target: number): Promise<Passing> {
  const passed: { side: Side; octets: Buffer }[] = [];
  let wake = () => {};
  const server = createServer((client) => {
    const behind = createConnection({ port: target, host: "127.0.0.1" });
    for (const [from, to, side] of [
      [client, behind, "client"],
      [behind, client, "server"],
    ] as const) {
      from.on("error", () => {});
      from.on("data", (octets: Buffer) => {
        passed.push({ side, octets: Buffer.from(octets) });
        wake();
      });
      from.pipe(to);
    }
    onTestFinished(() => {
      client.destroy();
      behind.destroy();
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    passed,
    until: (done) =>
      new Promise((resolve) => {
        wake = () => {
          const entries = storyOf(passed);
          if (done(entries)) resolve(entries);
        };
        wake();
      }),
  };
}

/** The story of what passed; `piece`: octets that it is given at once. */
export function storyOf(passed: Passing["passed"], piece = Infinity, framing: Framing = "stream"): Entry[] {
  const story = new Story({ framing });
  const entries: Entry[] = [];
  for (const { side, octets } of passed) {
    for (let at = 0; at < octets.length; at += piece)
      entries.push(...story.read(side, octets.subarray(at, at + piece)));
  }
  return entries;
}

/** Octets of a side that no entry covers, or that two do: there are none. */
export function uncovered(entries: readonly Entry[], passed: Passing["passed"]): number {
  let found = 0;
  for (const side of ["client", "server"]) {
    const said = passed.filter((part) => part.side === side).reduce((sum, { octets }) => sum + octets.length, 0);
    const told = entries.filter((entry) => entry.side === side).reduce((sum, { start, end }) => sum + end - start, 0);
    found += said - told;
  }
  return found;
}

/** Where fields do not follow one another from an entry's beginning to its end. */
export function holes(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ title, start, end, fields }) => {
    let at = start;
    for (const field of fields) {
      if (field.start !== at) return [`${title}: ${field.name} at ${field.start}, not ${at}`];
      at = field.end;
    }
    return at === end ? [] : [`${title}: ends at ${at}, not ${end}`];
  });
}
