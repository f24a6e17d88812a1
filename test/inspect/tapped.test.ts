/**
 * A tap's recording and captures of the same traffic, made by dumpcap and tcpdump, decode to the identical stream.
 *
 * What lies in test/captures/tapped was made by this test, with dumpcap 4.0 and tcpdump 4.99 on Linux's loopback:
 * `CAPTURE=write npx vitest run --project node test/inspect/tapped.test.ts`, as root.
 */
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { record, TOOLS, told, whyNot } from "./tapped.js";

const DATA = fileURLToPath(new URL("../captures/tapped/", import.meta.url));
const twice = (connections: readonly string[]) => connections.flatMap((connection) => [connection, connection]);

/** A capture sees each connection twice: in front of the tap and behind it. */
async function holdsTheSame(folder: string, captures: readonly string[]): Promise<void> {
  const tapped = await told(join(folder, "peers.tap"));
  expect(tapped.length).toBe(2);
  expect(tapped.join()).toContain("Message of 3 frames");
  for (const capture of captures)
    expect([capture, await told(join(folder, capture))]).toEqual([capture, twice(tapped)]);
}

const reasons = TOOLS.map(whyNot).filter((reason) => reason !== undefined);
if (reasons.length > 0) console.warn(`\nSKIPPED: captures made anew. ${reasons[0]}\n`);

it.each(["ipv4", "ipv6"])(
  "decodes captures of dumpcap and tcpdump as the recording of the same traffic, %s",
  async (version) => {
    const folder = join(DATA, version);
    const captures = readdirSync(folder).filter((name) => /pcap/.test(name));
    expect(captures.length).toBe(TOOLS.length);
    await holdsTheSame(folder, captures);
  },
);

it.skipIf(reasons.length > 0).each([
  ["ipv4", "127.0.0.1"],
  ["ipv6", "[::1]"],
])("does so of traffic made anew, %s", async (version, host) => {
  const folder = await record(TOOLS, host);
  await holdsTheSame(
    folder,
    TOOLS.map(({ file }) => file),
  );
  if (process.env.CAPTURE !== "write") return;
  const to = join(DATA, version);
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(to, name));
});
