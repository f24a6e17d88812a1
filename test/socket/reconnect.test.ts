/** Peers that are killed and come back leave nothing behind: a short run of `npm run soak:reconnect`. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const program = fileURLToPath(new URL("../../bench/reconnect.js", import.meta.url));

// Node's /proc, that is; elsewhere nobody counts descriptors for us.
it.runIf(process.platform === "linux")("holds no more after many kills than after a few", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, "--peers", "40", "--minutes", "0"]);
  expect(stdout).toMatch(/\n\d+ kills; from the first half .* to the second: -?[\d.]+ KiB held, -?\d+ descriptors/);
});
