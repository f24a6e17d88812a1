/** Finds as files: each case that ever failed is kept in `test/corpus/`, and the tests run it again. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Case } from "./case.js";

/** A stream is written as hexadecimal digits, or deflated where that takes too many of them. */
const MOST_HEX = 4096;

interface Kept {
  /** What was wrong when it was found. */
  readonly found: string;
  readonly peers: readonly (Omit<Case["peers"][number], "stream"> & { hex?: string; deflated?: string })[];
  readonly steps: Case["steps"];
}

export function keep(folder: string, { peers, steps }: Case, found: string): string {
  const kept: Kept = {
    found,
    peers: peers.map(({ stream, ...peer }) => ({ ...peer, ...packed(stream) })),
    steps,
  };
  const text = `${JSON.stringify(kept)}\n`;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`);
  writeFileSync(path, text);
  return path;
}

/** All cases that are kept, by file name. */
export function keptCases(folder: string): { name: string; found: string; kept: Case }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => {
      const { found, peers, steps } = JSON.parse(readFileSync(join(folder, name), "utf8")) as Kept;
      const unpacked = peers.map(({ hex, deflated, ...peer }) => ({ ...peer, stream: octets(hex, deflated) }));
      return { name, found, kept: { peers: unpacked, steps } };
    });
}

function packed(stream: Uint8Array): { hex: string } | { deflated: string } {
  if (stream.length <= MOST_HEX) return { hex: Buffer.from(stream).toString("hex") };
  return { deflated: deflateRawSync(stream, { level: 9 }).toString("base64") };
}

function octets(hex: string | undefined, deflated: string | undefined): Uint8Array {
  const buffer = hex === undefined ? inflateRawSync(Buffer.from(deflated ?? "", "base64")) : Buffer.from(hex, "hex");
  return new Uint8Array(buffer);
}
