/** `npm run build:inspector`: the page in one file, which runs from file:// as it runs from a server. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The package as it is published: its name stands for what its `exports` say. */
const { exports } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
const published = [
  { find: /^monocoque$/, replacement: `${root}/${exports["."].default}` },
  { find: /^monocoque\/inspect$/, replacement: `${root}/${exports["./inspect"].default}` },
];

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const hashes = (html: string, pattern: RegExp) => [...html.matchAll(pattern)].map(([, text]) => hashOf(text)).join(" ");

/** Only the page's own script and style run, each named by its hash; nothing is fetched, and no text becomes markup. */
const policyOf = (html: string) =>
  [
    "default-src 'none'",
    `script-src ${hashes(html, /<script[^>]*>([\s\S]*?)<\/script>/g)} 'wasm-unsafe-eval'`,
    `style-src ${hashes(html, /<style[^>]*>([\s\S]*?)<\/style>/g)}`,
    "connect-src ws: wss:",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");

/** Puts the policy in when all else is in its place. */
const policy: Plugin = {
  name: "policy",
  enforce: "post",
  generateBundle: {
    order: "post",
    handler(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "asset" || !file.fileName.endsWith(".html")) continue;
        const html = String(file.source);
        const meta = `<meta http-equiv="content-security-policy" content="${policyOf(html)}">`;
        file.source = html.replace('<meta charset="utf-8">', `$&\n    ${meta}`);
      }
    },
  },
};

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  resolve: { alias: published },
  plugins: [viteSingleFile({ removeViteModuleLoader: true }), policy],
  logLevel: "warn",
  build: {
    outDir: `${root}/dist`,
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    rollupOptions: { input: fileURLToPath(new URL("inspector.html", import.meta.url)) },
  },
});
