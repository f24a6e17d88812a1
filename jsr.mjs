// Makes build/jsr, the package as JSR wants it: sources that import each other by the names that they have, `.ts`. Then it has
// Deno judge it without publishing: its types, and whether they can be told without inference. `npm run jsr`; DENO names an
// executable, otherwise npm brings one.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env, exit } from "node:process";
import { provide } from "./test/engines/provide.js";

const OUT = "build/jsr";
const manifest = JSON.parse(readFileSync("jsr.json", "utf8"));
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
if (manifest.version !== version) {
  console.error(`jsr.json is of version ${manifest.version}, package.json of ${version}`);
  exit(1);
}

rmSync(OUT, { recursive: true, force: true });
for (const path of ["jsr.json", ...manifest.publish.include]) cpSync(path, join(OUT, path), { recursive: true });
// The program is for npm, which can run it.
rmSync(join(OUT, "src/cli"), { recursive: true, force: true });

/** `from "./a.js"` and `import("./a.js")`, of our own modules. */
const OWN = /((?:from|import)\s*\(?\s*")(\.[^"]+)\.js"/g;
for (const name of readdirSync(join(OUT, "src"), { recursive: true }).filter((path) => path.endsWith(".ts"))) {
  const path = join(OUT, "src", name);
  writeFileSync(path, readFileSync(path, "utf8").replace(OWN, '$1$2.ts"'));
}

const options = ["publish", "--dry-run", "--allow-dirty", "--config", "jsr.json"];
execFileSync(env.DENO ?? (await provide("deno")), options, { cwd: OUT, stdio: "inherit" });
