/** A real Chromium, for tests that run in Node and drive a page. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Why no page can be opened here; undefined if one can. CI has to have a browser. */
export function noBrowser(): string | undefined {
  if (existsSync(executablePath) || process.env.CI !== undefined) return undefined;
  return `no Chromium at ${executablePath}; install it or set CHROMIUM to its path`;
}

/** How Chromium starts here: for these tests, and for Vitest's own page. */
export const launchOptions = {
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export function launch(): Promise<Browser> {
  return chromium.launch(launchOptions);
}

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };

/** A folder that is served, and a browser to look at it. */
export interface Site {
  readonly folder: string;
  readonly url: string;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Headers of a page that may share memory with its workers: it is cut off from others. */
export const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Serves what `fill` writes into a folder. */
export async function openSite(
  fill: (folder: string) => Promise<void>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), "monocoque-"));
  await fill(folder);
  const { url, close } = await serve(folder, headers);
  const browser = await launch();
  return {
    folder,
    url,
    browser,
    async close() {
      await browser.close();
      close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Serves a folder and nothing else. */
export async function serve(
  folder: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const path = normalize(join(folder, new URL(request.url ?? "/", "http://x").pathname));
    const body = path.startsWith(folder) ? await readFile(path).catch(() => undefined) : undefined;
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(body ? 200 : 404, { ...headers, "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  };
}
