/** The inspector page, built as it is published and opened from file:// in a real Chromium. One page serves all tests. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { buildReady, encodeGreeting } from "../../src/index.js";
import type { Side } from "../../src/inspect/index.js";
import { launch } from "../support/browser.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export const opening = [encodeGreeting(), buildReady({ socketType: "PUSH" })];
export const stream = (...frames: readonly Uint8Array[]): Buffer => Buffer.concat([...opening, ...frames]);
export const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

export class Tab {
  /** What no test may leave behind: errors, and what the page's policy forbids. */
  readonly faults: string[] = [];
  /** For files that a test makes; the page lies in it, too. */
  folder = "";
  #browser: Browser | undefined;
  #page: Page | undefined;

  get page(): Page {
    if (this.#page === undefined) throw new Error("the page is not open yet");
    return this.#page;
  }

  async begin(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), "monocoque-"));
    const { build } = await import("vite");
    const configFile = fileURLToPath(new URL("../../inspector/vite.config.ts", import.meta.url));
    const [browser] = await Promise.all([launch(), build({ configFile, build: { outDir: this.folder } })]);
    this.#browser = browser;
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    this.#page = page;
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => this.faults.push(String(error)));
    page.on("console", (line) => line.type() === "error" && this.faults.push(line.text()));
    await page.addInitScript(readFileSync(axe, "utf8"));
    await page.goto(pathToFileURL(join(this.folder, "inspector.html")).href);
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await rm(this.folder, { recursive: true });
  }

  /** Leaves the page as its user does; what went wrong meanwhile. */
  async leave(): Promise<string[]> {
    const again = this.page.getByRole("button", { name: "Open another" });
    if (await again.isVisible()) await again.click();
    return this.faults.splice(0);
  }

  async paste(text: string, side: Side = "server"): Promise<void> {
    await this.page.getByLabel("Sent by").selectOption(side);
    await this.page.getByLabel("Octets in hexadecimal").fill(text);
    await this.page.getByRole("button", { name: "Inspect" }).click();
  }

  /** Chooses a file: one on the disk, or these octets under this name. */
  async choose(name: string, buffer?: Buffer): Promise<void> {
    const file = buffer === undefined ? name : { name, mimeType: "application/octet-stream", buffer };
    await this.page.getByLabel("A capture, a recording or raw octets").setInputFiles(file);
  }

  rows(): Promise<(string | null)[]> {
    return this.page.locator(".entry").evaluateAll((all) => all.map((row) => row.textContent));
  }

  get facts(): Locator {
    return this.page.locator("#source-facts");
  }

  /** What is wrong with this part of the page, wide and narrow, light and dark. */
  async looks(part: string): Promise<Record<string, unknown>> {
    const wrong: Record<string, unknown> = {};
    const size = this.page.viewportSize();
    for (const width of [1280, 360]) {
      await this.page.setViewportSize({ width, height: 740 });
      for (const colorScheme of ["light", "dark"] as const) {
        await this.page.emulateMedia({ colorScheme });
        const found = await this.#findings(part, colorScheme === "dark");
        if (found.length > 0) wrong[`${width} ${colorScheme}`] = found;
      }
    }
    await this.page.emulateMedia({ colorScheme: "light" });
    if (size) await this.page.setViewportSize(size);
    return wrong;
  }

  /** What axe finds, and whether the page is too wide. What is dark and what is light differ in their colours alone. */
  #findings(part: string, dark: boolean): Promise<string[]> {
    const options = { resultTypes: ["violations"], ...(dark ? { runOnly: ["color-contrast"] } : {}) };
    return this.page.evaluate(
      async ({ part, options }) => {
        const wide = document.documentElement.scrollWidth - innerWidth;
        if (wide > 0) return [`${wide} pixels too wide`];
        const { violations } = await Reflect.get(window, "axe").run(part, options);
        return violations.map(({ id, nodes }: { id: string; nodes: { html: string }[] }) => `${id} ${nodes[0].html}`);
      },
      { part, options },
    );
  }
}
