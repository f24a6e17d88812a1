/** `require("monocoque/curve")`: loaded by Node's require of modules, which refuses one that waits at its top level. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const PROGRAM = `
const curve = require("monocoque/curve");
let early;
try { curve.curveKeyPair(); } catch (error) { early = error.message; }
curve.ready.then(async () => {
  const { publicKey, secretKey } = curve.curveKeyPair();
  const imported = await import("monocoque/curve");
  console.log(JSON.stringify({
    early,
    same: imported.curveClient === curve.curveClient,
    belongs: imported.publicKey(secretKey) === publicKey,
  }));
});
`;

test("require loads CURVE, says what to await before libsodium is there, and shares it with import", () => {
  const args = ["--experimental-require-module", "--no-warnings", "-e", PROGRAM];
  const { early, ...rest } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 100_000 }));
  expect(early).toContain("await `ready` of monocoque/curve first");
  expect(rest).toEqual({ same: true, belongs: true });
});
