/** Files: recordings and captures, whole, with gaps, and long. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { encodeFrame } from "../../src/index.js";
import { RECORDING_MAGIC, type Recorded, recordHeader } from "../../src/inspect/index.js";
import { packet, pcapng } from "../inspect/captured.js";
import { opening, stream, type Tab } from "./tab.js";

export function files(tab: Tab): void {
  it("opens a recording: connections apart, both sides, seconds since the first octet", async () => {
    const { page } = tab;
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
    await tab.choose("peers.tap", file);
    await tab.facts.getByText("2 connections · 6 entries").waitFor();
    expect(await tab.rows()).toHaveLength(6);
    const times = await page.locator(".entry .time").allTextContents();
    expect(times.map(Number)).toEqual([0, 0.25, 0.5, 0.75, 1.5, 2.25]);
    await page.getByLabel("Connection").selectOption({ label: "connection 0" });
    await page.getByText("4 of 6 shown").waitFor();
    await expect.poll(async () => (await tab.rows()).at(-1)).toMatch(/^1\.500000→client Message.*200 kB$/);
    await page.getByRole("button", { name: "Open another" }).click();
    await tab.choose("cut.tap", file.subarray(0, -30));
    await page.locator("#verdict").getByText("breaks off inside a record").waitFor();
  });

  it("opens a capture, pcapng: the TCP streams in it", async () => {
    const { page } = tab;
    const server = stream(encodeFrame("job 1"), encodeFrame("job 2"));
    const segments = [
      packet(4, [4000, 5555], 99, 2, new Uint8Array(0)),
      packet(4, [5555, 4000], 7, 18, new Uint8Array(0)),
      packet(4, [4000, 5555], 100, 24, opening[0]),
      packet(4, [5555, 4000], 48, 24, server.subarray(40)),
      packet(4, [5555, 4000], 8, 24, server.subarray(0, 50)),
    ];
    await tab.choose("peers.pcapng", pcapng(101, true, segments));
    await tab.facts.getByText("1 connection · 5 entries").waitFor();
    const said = (await tab.rows()).map((row) => row?.replace(/^[\d.]+/, "").slice(0, 7));
    expect(said).toEqual(["→client", "←server", "←server", "←server", "←server"]);
    await page.locator(".entry").last().click();
    await page.getByRole("heading", { name: "Message", level: 2 }).waitFor();
    expect(await page.locator(".fields .value").allTextContents()).toContain('"job 2"');
  });

  it("goes on behind what a capture lost: the rest of the frame's side, and the other side in any case", async () => {
    const { page } = tab;
    const octets = stream(encodeFrame(new Uint8Array(100).fill(0x2e)), encodeFrame("behind"));
    const segment = (ports: [number, number], from: number, to: number) =>
      packet(4, ports, 100 + from, 24, octets.subarray(from, to));
    const [client, server]: [number, number][] = [
      [4000, 5555],
      [5555, 4000],
    ];
    const long = octets.length - 110;
    const segments = [
      packet(4, client, 99, 2, new Uint8Array(0)),
      packet(4, server, 99, 18, new Uint8Array(0)),
      segment(client, 0, long + 20),
      segment(client, long + 40, octets.length),
      segment(server, 0, 30),
      segment(server, 31, octets.length),
    ];
    await tab.choose("lossy.pcapng", pcapng(101, true, segments));
    await tab.facts.getByText("1 connection · 7 entries · 3 gaps").waitFor();
    const said = (await tab.rows()).map((row) => row?.replace(/^[\d.]+/, "").slice(0, 22));
    expect(said).toEqual([
      "→client Greeting: ZMTP",
      "→client READY28 octets",
      "→client A gap: the cap",
      "→client Message.......",
      "→client Messagebehind8",
      "←server A gap: the cap",
      "←server 171 octets beh",
    ]);
    await page.getByRole("option", { name: "client Message behind" }).click();
    expect(await page.locator(".fields .value").allTextContents()).toContain('"behind"');
  });

  it("shows a WebSocket in a capture: upgrade, commands, and messages of several masked frames", async () => {
    const { page } = tab;
    const head = "GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: ZWS2.0\r\n\r\n";
    const mask = Buffer.of(1, 2, 3, 4);
    const frame = (opcode: number, octets: Buffer) =>
      Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | octets.length), mask, octets.map((o, i) => o ^ mask[i & 3])]);
    const ping = frame(9, Buffer.from("alive"));
    const parts = [frame(2, Buffer.of(0)), frame(2, Buffer.from("\u0001one")), ping, frame(2, Buffer.from("\0two"))];
    const octets = Buffer.concat([Buffer.from(head), ...parts]);
    await page.getByLabel("Sent by").selectOption("client");
    await tab.choose("web.bin", octets);
    await page.getByRole("option", { name: "client WebSocket upgrade: GET / HTTP/1.1" }).click();
    expect(await page.locator(".fields .property").allTextContents()).toContain("header Upgrade");
    // Decoded again: it is not the command in its middle that is shown.
    await page.getByRole("option", { name: "client Message of 2 frames" }).click();
    expect(await page.locator(".frames code").allTextContents()).toEqual(["one", "two"]);
    await page.getByRole("option", { name: "client WebSocket ping" }).waitFor();
  });

  it("opens a recording of 50 MB: answers while it reads, decodes again what it shows, and keeps few rows", async () => {
    const { page } = tab;
    const record = (time: number, octets: Uint8Array) => [recordHeader({ ...from, time, octets }), octets];
    const from = { connection: 0, side: "client" } as const;
    const flood = Buffer.concat(Array.from({ length: 990 }, (_, i) => encodeFrame(`${i}`.padStart(64, "."))));
    const floods = Math.ceil(50e6 / flood.length);
    const records = Array.from({ length: floods }, (_, i) => record(i, flood));
    const file = join(tab.folder, "long.tap");
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
      // Each time it lets the browser have its turn, the page sends itself a message.
      Object.assign(window, { turns: 0, Channel: MessageChannel });
      window.MessageChannel = class extends MessageChannel {
        constructor() {
          super();
          Object.assign(window, { turns: Reflect.get(window, "turns") + 1 });
        }
      };
    });
    await page.getByLabel("A capture, a recording or raw octets").setInputFiles(file);
    const entries = (floods * 990 + 3).toLocaleString("en");
    await tab.facts.getByText(new RegExp(`${entries} entries$`)).waitFor();
    expect(await page.evaluate(() => Reflect.get(window, "early"))).toMatch(/ · reading: Message$/);
    const turns = await page.evaluate(() => {
      window.MessageChannel = Reflect.get(window, "Channel");
      return Reflect.get(window, "turns");
    });
    expect(turns).toBeGreaterThan(8);
    await page.getByRole("listbox").focus();
    await page.keyboard.press("End");
    await expect.poll(async () => (await tab.rows()).at(-1)).toContain("client Messagelast6 octets");
    await page.keyboard.press("ArrowUp");
    await page.locator(".fields .value", { hasText: "...989" }).waitFor();
    expect((await tab.rows()).length).toBeLessThan(100);
    await page.getByPlaceholder("Search").fill("LAST");
    await page.getByText(`1 of ${entries} shown`).waitFor();
    // Numbers in typed arrays, and what the entries were sent as: no object for each.
    const session = await page.context().newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    expect((await session.send("Runtime.getHeapUsage")).usedSize).toBeLessThan(20e6);
    await session.detach();
  });
}
