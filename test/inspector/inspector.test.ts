/** The inspector page, built as it is published and opened from file:// in a real Chromium, by what a person does. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { XPublisher } from "zeromq";
import { buildReady, encodeFrame, encodeGreeting, encodeMessage } from "../../src/index.js";
import { RECORDING_MAGIC, type Recorded, recordHeader } from "../../src/inspect/index.js";
import { packet, pcapng } from "../inspect/captured.js";
import { launch, noBrowser } from "../support/browser.js";
import { opened } from "../support/libzmq.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const opening = [encodeGreeting(), buildReady({ socketType: "PUSH" })];
const stream = (...frames: readonly Uint8Array[]): Buffer => Buffer.concat([...opening, ...frames]);
const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

const missing = noBrowser();
if (missing) console.warn(`SKIPPED: the inspector page: ${missing}`);

describe.skipIf(missing)("the inspector page", () => {
  let folder: string;
  let address: string;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "monocoque-"));
    const { build } = await import("vite");
    const configFile = fileURLToPath(new URL("../../inspector/vite.config.ts", import.meta.url));
    await build({ configFile, build: { outDir: folder } });
    address = pathToFileURL(join(folder, "inspector.html")).href;
    browser = await launch();
    page = await open();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  // One page serves all tests: each leaves it as its user does. What its policy forbids is told as an error, too.
  afterEach(async () => {
    const again = page.getByRole("button", { name: "Open another" });
    if (await again.isVisible()) await again.click();
    expect(faults.splice(0)).toEqual([]);
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (line) => line.type() === "error" && faults.push(line.text()));
    await page.goto(address);
    return page;
  }

  async function paste(text: string): Promise<void> {
    await page.getByLabel("Octets in hexadecimal").fill(text);
    await page.getByRole("button", { name: "Inspect" }).click();
  }

  const rows = (): Promise<(string | null)[]> =>
    page.locator(".entry").evaluateAll((all) => all.map((row) => row.textContent));

  it("says where a stream breaks off, marks the octet and goes there", async () => {
    await paste(hexOf(stream(encodeFrame("job 1"), Uint8Array.of(0x58, 1, 2))));
    await page.getByText("It breaks off at octet 99 of what the server sent.").waitFor();
    await page.getByText("RESERVED_FLAGS · octet 99").waitFor();
    expect(await page.locator("b.faulty").allTextContents()).toEqual(["58"]);
    await page.locator(".entry").first().click();
    expect(await page.locator("b.faulty").count()).toBe(0);
    await page.getByRole("button", { name: "Show the octet" }).click();
    expect(await page.locator("b.faulty").allTextContents()).toEqual(["58"]);
  });

  it("has a session judge the READY", async () => {
    await page.getByRole("button", { name: "A socket type nobody knows" }).click();
    await page.getByText("SOCKET_TYPE_UNKNOWN").first().waitFor();
  });

  it("reads what xxd prints, by keyboard alone: entries, then fields, each with its meaning", async () => {
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
    await paste(hexOf(stream(encodeFrame("apple"), encodeFrame("PEAR"), encodeFrame(Uint8Array.of(7, 1, 255)))));
    await expect.poll(() => rows()).toHaveLength(5);
    await page.getByPlaceholder("Search").fill("pear");
    await page.getByText("1 of 5 shown").waitFor();
    await expect.poll(() => rows()).toEqual(["←server MessagePEAR6 octets"]);
    await page.getByPlaceholder("Search").fill("0x07 01ff");
    await expect.poll(() => rows()).toEqual(["←server Message···5 octets"]);
    await page.getByPlaceholder("Search").fill("");
    await page.getByLabel("message").uncheck();
    await page.getByText("2 of 5 shown").waitFor();
    await page.locator("#side").selectOption("client");
    await page.getByText("0 of 5 shown").waitFor();
  });

  it("shows markup from a peer as the text it is, and says what it cannot read", async () => {
    await paste("ff 00 zz");
    await page.getByRole("alert").getByText('"z" stands in it').waitFor();
    await paste(hexOf(stream(encodeFrame('<img src=x onerror="document.title=1">\u202e\u001b[2J'))));
    await page.locator(".entry").last().click();
    await page.getByRole("heading", { name: "Message", level: 2 }).waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator(".detail").textContent()).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });

  const facts = (): Locator => page.locator("#source-facts");

  async function choose(name: string, buffer: Buffer): Promise<void> {
    const file = { name, mimeType: "application/octet-stream", buffer };
    await page.getByLabel("A capture, a recording or raw octets").setInputFiles(file);
  }

  it("opens a recording: connections apart, both sides, seconds since the first octet", async () => {
    const began = Date.UTC(2026, 0, 1);
    const record = (after: number, connection: number, side: Recorded["side"], octets?: Uint8Array) => {
      return [recordHeader({ time: began + after, connection, side, octets }), octets ?? new Uint8Array(0)];
    };
    const long = new Uint8Array(200_000).fill(0x2e);
    const [greeting, ready] = opening;
    const recording = [
      record(0, 0, "client", greeting),
      record(250, 1, "client", greeting),
      record(500, 0, "server", greeting),
      record(750, 0, "client", ready),
      record(1500, 0, "client", encodeFrame(long)),
      record(2000, 1, "client", Uint8Array.of(4)),
      record(2250, 1, "client"),
    ];
    const file = Buffer.concat([RECORDING_MAGIC, ...recording.flat()]);
    await choose("peers.tap", file);
    await facts().getByText("2 connections · 6 entries").waitFor();
    expect(await rows()).toHaveLength(6);
    const times = await page.locator(".entry .time").allTextContents();
    expect(times.map(Number)).toEqual([0, 0.25, 0.5, 0.75, 1.5, 2.25]);
    await page.getByLabel("Connection").selectOption({ label: "connection 0" });
    await page.getByText("4 of 6 shown").waitFor();
    expect((await rows()).at(-1)).toMatch(/^1\.500000→client Message.*200 kB$/);
    await page.getByRole("button", { name: "Open another" }).click();
    await choose("cut.tap", file.subarray(0, -30));
    await page.locator("#verdict").getByText("breaks off inside a record").waitFor();
  });

  it("opens a capture, pcapng: the TCP streams in it", async () => {
    const server = stream(encodeFrame("job 1"), encodeFrame("job 2"));
    const segments = [
      packet(4, [4000, 5555], 99, 2, new Uint8Array(0)),
      packet(4, [5555, 4000], 7, 18, new Uint8Array(0)),
      packet(4, [4000, 5555], 100, 24, opening[0]),
      packet(4, [5555, 4000], 48, 24, server.subarray(40)),
      packet(4, [5555, 4000], 8, 24, server.subarray(0, 50)),
    ];
    await choose("peers.pcapng", pcapng(101, true, segments));
    await facts().getByText("1 connection · 5 entries").waitFor();
    const said = (await rows()).map((row) => row?.replace(/^[\d.]+/, "").slice(0, 7));
    expect(said).toEqual(["→client", "←server", "←server", "←server", "←server"]);
    await page.locator(".entry").last().click();
    await page.getByRole("heading", { name: "Message", level: 2 }).waitFor();
    expect(await page.locator(".fields .value").allTextContents()).toContain('"job 2"');
  });

  it("opens a recording of 50 MB: answers while it reads, decodes again what it shows, and keeps few rows", async () => {
    const record = (time: number, octets: Uint8Array) => [recordHeader({ ...from, time, octets }), octets];
    const from = { connection: 0, side: "client" } as const;
    const flood = Buffer.concat(Array.from({ length: 990 }, (_, i) => encodeFrame(`${i}`.padStart(64, "."))));
    const floods = Math.ceil(50e6 / flood.length);
    const records = Array.from({ length: floods }, (_, i) => record(i, flood));
    const file = join(folder, "long.tap");
    const first = opening.flatMap((octets) => record(0, octets));
    await writeFile(
      file,
      Buffer.concat([RECORDING_MAGIC, ...first, ...records.flat(), ...record(9, encodeFrame("last"))]),
    );
    // The first rows are there, and can be chosen, before all has been read.
    await page.evaluate(() => {
      const facts = document.getElementById("source-facts");
      new MutationObserver((_, observer) => {
        const row = document.querySelector<HTMLElement>('[data-index="5"]');
        if (row === null) return;
        observer.disconnect();
        row.click();
        Object.assign(window, { early: `${facts?.textContent}: ${document.querySelector("#detail h2")?.textContent}` });
      }).observe(document.getElementById("list") as HTMLElement, { childList: true, subtree: true });
    });
    await page.getByLabel("A capture, a recording or raw octets").setInputFiles(file);
    const entries = (floods * 990 + 3).toLocaleString("en");
    await facts()
      .getByText(new RegExp(`${entries} entries$`))
      .waitFor();
    expect(await page.evaluate(() => Reflect.get(window, "early"))).toMatch(/ · reading: Message$/);
    await page.getByRole("listbox").focus();
    await page.keyboard.press("End");
    await expect.poll(async () => (await rows()).at(-1)).toContain("client Messagelast6 octets");
    await page.keyboard.press("ArrowUp");
    await page.locator(".fields .value", { hasText: "...989" }).waitFor();
    expect((await rows()).length).toBeLessThan(100);
    await page.getByPlaceholder("Search").fill("LAST");
    await page.getByText(`1 of ${entries} shown`).waitFor();
    // Numbers in typed arrays, and what the entries were sent as: no object for each.
    const session = await page.context().newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    expect((await session.send("Runtime.getHeapUsage")).usedSize).toBeLessThan(20e6);
    await session.detach();
  });

  it("listens to libzmq's publisher over ws://, live, and draws how fast it sends", async () => {
    const publisher = opened(new XPublisher());
    await publisher.bind("ws://127.0.0.1:*/");
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
    await page.getByLabel("Address").fill("tcp://127.0.0.1:5555");
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("alert").getByText("tcp:// needs sockets").waitFor();
  });

  it("measures the two codecs in this browser", async () => {
    await page.getByRole("button", { name: "Measure" }).click();
    await page.getByRole("button", { name: "Measure again" }).waitFor();
    expect(await page.locator(".bars p").count()).toBe(8);
    const widths = await page
      .locator(".bars i")
      .evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
    expect(widths.every((width) => width > 0)).toBe(true);
  });

  it("gives axe nothing to find, and is never too wide: wide and narrow, light and dark", async () => {
    const page = await open({ bypassCSP: true });
    await page.evaluate(axe);
    const frames = [encodeMessage(["one", "two"]), encodeFrame("three"), Uint8Array.of(0x58, 1, 2)];
    await page.getByLabel("Octets in hexadecimal").fill(hexOf(stream(...frames)));
    await page.getByRole("button", { name: "Measure" }).click();
    await page.getByRole("button", { name: "Measure again" }).waitFor();
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 740 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await findings(page, "document"), `${width} ${colorScheme}`).toEqual([]);
        await page.getByRole("button", { name: "Inspect" }).click();
        await page.locator("b.faulty").waitFor();
        expect(await findings(page, "'#inspect'"), `${width} ${colorScheme}: a fault`).toEqual([]);
        await page.locator(".entry", { hasText: "2 frames" }).click();
        await page.locator(".frames").waitFor();
        expect(await findings(page, "'#detail'"), `${width} ${colorScheme}: a message`).toEqual([]);
        await page.getByRole("button", { name: "Open another" }).click();
      }
    }
    await page.context().close();
  });

  async function findings(page: Page, part: string): Promise<unknown> {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    // What is dark and what is light differ in their colours alone.
    const dark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
    const rules = dark ? "{ runOnly: ['color-contrast'] }" : "{}";
    const found = await page.evaluate(
      `axe.run(${part}, ${rules}).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
    );
    return wide > 0 ? [`${wide} pixels too wide`] : found;
  }
});
