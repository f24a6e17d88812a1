/** The inspector page, built as it is published and opened from file:// in a real Chromium, by what a person does. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { XPublisher } from "zeromq";
import { buildReady, encodeFrame, encodeGreeting, encodeMessage } from "../../src/index.js";
import { launch, noBrowser } from "../support/browser.js";
import { opened } from "../support/libzmq.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Megabytes of the long file. */
const LONG = Number(process.env.INSPECTOR_MB ?? 4);

const opening = [encodeGreeting(), buildReady({ socketType: "PUSH" })];
const stream = (...frames: readonly Uint8Array[]): Buffer => Buffer.concat([...opening, ...frames]);
const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

const missing = noBrowser();
if (missing) console.warn(`SKIPPED: the inspector page: ${missing}`);

describe.skipIf(missing)("the inspector page", () => {
  let folder: string;
  let address: string;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "monocoque-"));
    const { build } = await import("vite");
    const configFile = fileURLToPath(new URL("../../inspector/vite.config.ts", import.meta.url));
    await build({ configFile, build: { outDir: folder } });
    address = pathToFileURL(join(folder, "inspector.html")).href;
    browser = await launch();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  // What the policy of the page forbids is told as an error, too.
  afterEach(() => expect(faults.splice(0)).toEqual([]));

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (line) => line.type() === "error" && faults.push(line.text()));
    await page.goto(address);
    return page;
  }

  async function paste(page: Page, text: string): Promise<void> {
    await page.getByLabel("Octets in hexadecimal").fill(text);
    await page.getByRole("button", { name: "Inspect" }).click();
  }

  const rows = (page: Page): Promise<(string | null)[]> =>
    page.locator(".entry").evaluateAll((all) => all.map((row) => row.textContent));

  it("says where a stream breaks off, marks the octet and goes there", async () => {
    const page = await open();
    await paste(page, hexOf(stream(encodeFrame("job 1"), Uint8Array.of(0x58, 1, 2))));
    await page.getByText("It breaks off at octet 99 of what the server sent.").waitFor();
    await page.getByText("RESERVED_FLAGS · octet 99").waitFor();
    expect(await page.locator("b.faulty").allTextContents()).toEqual(["58"]);
    await page.locator(".entry").first().click();
    expect(await page.locator("b.faulty").count()).toBe(0);
    await page.getByRole("button", { name: "Show the octet" }).click();
    expect(await page.locator("b.faulty").allTextContents()).toEqual(["58"]);
  });

  it("has a session judge the READY", async () => {
    const page = await open();
    await page.getByRole("button", { name: "A socket type nobody knows" }).click();
    await page.getByText("SOCKET_TYPE_UNKNOWN").first().waitFor();
  });

  it("reads what xxd prints, by keyboard alone: entries, then fields, each with its meaning", async () => {
    const page = await open();
    const octets = stream(encodeMessage(["one", "two", ""]));
    const dump = hexOf(octets).match(/.{1,32}/g) as string[];
    const lines = dump.map(
      (line, i) => `${(i * 16).toString(16).padStart(8, "0")}: ${line.replace(/.{4}/g, "$& ")} feed`,
    );
    await page.getByLabel("Octets in hexadecimal").fill(lines.join("\n"));
    await page.keyboard.press("Control+Enter");
    const list = page.getByRole("listbox");
    await list.focus();
    await page.keyboard.press("End");
    await page.getByRole("heading", { name: "Message of 3 frames", level: 2 }).waitFor();
    expect(await page.locator(".frames code").allTextContents()).toEqual(["one", "two", ""]);
    await page.keyboard.press("Home");
    await page.getByRole("heading", { name: "Greeting: ZMTP 3.1, NULL" }).waitFor();
    expect(await list.getAttribute("aria-activedescendant")).toBe("row-0");
    const labels: (string | null)[] = [];
    await page.keyboard.press("Tab");
    for (let i = 0; i < 3; i++) {
      labels.push(await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? null));
      await page.keyboard.press("ArrowRight");
    }
    expect(labels.map((label) => label?.split(":")[0])).toEqual(["signature", "version", "mechanism"]);
    expect(labels[1]).toContain("RFC 37, Version Negotiation");
    expect(await page.locator("tr.looked th").allTextContents()).toEqual(["as-server"]);
  });

  it("filters by kind and by side, and searches text and octets", async () => {
    const page = await open();
    await paste(page, hexOf(stream(encodeFrame("apple"), encodeFrame("PEAR"), encodeFrame(Uint8Array.of(7, 1, 255)))));
    await expect.poll(() => rows(page)).toHaveLength(5);
    await page.getByPlaceholder("Search").fill("pear");
    await page.getByText("1 of 5 shown").waitFor();
    await expect.poll(() => rows(page)).toEqual(["←server MessagePEAR6 octets"]);
    await page.getByPlaceholder("Search").fill("0x07 01ff");
    await expect.poll(() => rows(page)).toEqual(["←server Message···5 octets"]);
    await page.getByPlaceholder("Search").fill("");
    await page.getByLabel("message").uncheck();
    await page.getByText("2 of 5 shown").waitFor();
    await page.locator("#side").selectOption("client");
    await page.getByText("0 of 5 shown").waitFor();
  });

  it("shows markup from a peer as the text it is, and says what it cannot read", async () => {
    const page = await open();
    await paste(page, "ff 00 zz");
    await page.getByRole("alert").getByText('"z" stands in it').waitFor();
    await paste(page, hexOf(stream(encodeFrame('<img src=x onerror="document.title=1">\u202e\u001b[2J'))));
    await page.locator(".entry").last().click();
    await page.getByRole("heading", { name: "Message", level: 2 }).waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator(".detail").textContent()).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });

  it("opens a long file without a stall, decodes again what it shows, and scrolls to its end", async () => {
    const page = await open();
    const count = Math.floor((LONG * 1e6) / 66);
    const frames = Array.from({ length: count }, (_, i) => encodeFrame(`${i}`.padStart(64, ".")));
    const file = join(folder, "long.bin");
    await writeFile(file, Buffer.concat([...opening, ...frames]));
    await page.evaluate(() => {
      let last = performance.now();
      const watch = () => {
        const now = performance.now();
        Object.assign(window, { longest: Math.max(Number(Reflect.get(window, "longest") ?? 0), now - last) });
        last = now;
        requestAnimationFrame(watch);
      };
      requestAnimationFrame(watch);
    });
    const began = performance.now();
    await page.getByLabel("A file of raw octets").setInputFiles(file);
    const entries = (count + 2).toLocaleString("en");
    await page.locator("#source-facts").getByText(`${entries} entries`).waitFor();
    if (process.env.INSPECTOR_MB) {
      const longest = await page.evaluate(() => Reflect.get(window, "longest"));
      console.log(`${LONG} MB: ${Math.round(performance.now() - began)} ms, longest frame ${Math.round(longest)} ms`);
    }
    await page.getByRole("listbox").focus();
    await page.keyboard.press("End");
    await expect.poll(async () => (await rows(page)).at(-1)).toContain("66 octets");
    await page.locator(".fields .value", { hasText: `${count - 1}` }).waitFor();
    expect((await rows(page)).length).toBeLessThan(100);
  });

  it("listens to libzmq's publisher over ws://, live, and draws how fast it sends", async () => {
    const publisher = opened(new XPublisher());
    await publisher.bind("ws://127.0.0.1:*/");
    const page = await open();
    await page.getByLabel("Address").fill(publisher.lastEndpoint as string);
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByLabel("Subscribe to").fill("weather");
    await page.getByRole("button", { name: "Subscribe" }).click();
    expect(String((await publisher.receive())[0])).toBe("\u0001weather");
    await publisher.send(["weather.Oslo", "-4"]);
    await page.getByRole("option", { name: "server Message of 2 frames" }).waitFor();
    await expect
      .poll(async () => {
        await publisher.send("weather.Bergen");
        return page.getByRole("img", { name: "Entries a second over time" }).count();
      })
      .toBe(1);
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("· closed").waitFor();
  });

  it("says why an address cannot be reached", async () => {
    const page = await open();
    await page.getByLabel("Address").fill("tcp://127.0.0.1:5555");
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("alert").getByText("tcp:// needs sockets").waitFor();
  });

  it("measures the two codecs in this browser", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Measure" }).click();
    await page.getByRole("button", { name: "Measure again" }).waitFor();
    expect(await page.locator(".bars p").count()).toBe(8);
    const widths = await page
      .locator(".bars i")
      .evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
    expect(widths.every((width) => width > 0)).toBe(true);
  });

  for (const [width, colorScheme] of [
    [1280, "light"],
    [1280, "dark"],
    [360, "light"],
    [360, "dark"],
  ] as const) {
    it(`gives axe nothing to find, and is not wider than ${width} pixels, ${colorScheme}`, async () => {
      const page = await open({ viewport: { width, height: 740 }, colorScheme, bypassCSP: true });
      await page.evaluate(axe);
      expect(await findings(page)).toEqual([]);
      for (const example of ["A stream out of step", "A publisher at work"]) {
        await page.getByRole("button", { name: example }).click();
        await page.locator(".dump").waitFor();
        expect(await findings(page)).toEqual([]);
        await page.getByRole("button", { name: "Open another" }).click();
      }
    });
  }

  async function findings(page: Page): Promise<unknown> {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    const found = await page.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
    );
    return wide > 0 ? [`${wide} pixels too wide`] : found;
  }
});
