/** The package in the workers of a real Chromium: a Web Worker and a service worker, with WebAssembly and without. */
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, noBrowser, serve } from "../support/browser.js";

interface Outcome {
  readonly held: boolean;
  readonly lines: readonly string[];
}

const missing = noBrowser();
if (missing) console.warn(`SKIPPED: the package in a page's workers: ${missing}`);

describe.skipIf(missing)("in a page's workers", () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    browser = await launch();
    site = await serve(fileURLToPath(new URL("../..", import.meta.url)));
  });

  afterAll(async () => {
    await browser.close();
    site.close();
  });

  for (const kind of ["Web Worker", "service worker"] as const) {
    for (const [script, codec] of [
      ["web-worker.js", "wasm"],
      ["web-worker-without-webassembly.js", "js"],
    ] as const) {
      it(`works in a ${kind} with the ${codec} codec`, async () => {
        const page = await browser.newPage();
        await page.route("**/blank", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
        await page.goto(`${site.url}/blank`);
        const run = kind === "Web Worker" ? inWebWorker : inServiceWorker;
        const { held, lines } = await page.evaluate(run, [`/test/engines/${script}`, codec] as const);
        expect(lines[0]).toBe(`  ok    the codec is ${codec}`);
        expect(held, lines.join("\n")).toBe(true);
        await page.close();
      });
    }
  }
});

// Both run in the page.

function inWebWorker([script, codec]: readonly [string, string]): Promise<Outcome> {
  const worker = new Worker(script, { type: "module" });
  worker.postMessage(codec);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`the worker failed: ${message}`));
  });
}

async function inServiceWorker([script, codec]: readonly [string, string]): Promise<Outcome> {
  const registration = await navigator.serviceWorker.register(script, { type: "module" });
  const outcome = new Promise<Outcome>((resolve) => {
    navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
  });
  (registration.installing ?? registration.waiting ?? registration.active)?.postMessage(codec);
  const { held, lines } = await outcome;
  await registration.unregister();
  return { held, lines };
}
