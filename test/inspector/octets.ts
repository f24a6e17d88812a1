/** What a person does with octets: look, go through them by keyboard, search, leave out. */
import { expect, it } from "vitest";
import { encodeFrame, encodeGreeting, encodeMessage } from "../../src/index.js";
import { RAW_SIDE } from "../../src/inspect/index.js";
import { hexOf, stream, type Tab } from "./tab.js";

export function octets(tab: Tab): void {
  it("says who sent raw octets as it is told: the client, unless somebody says otherwise", async () => {
    const { page } = tab;
    expect(await page.getByLabel("Sent by").inputValue()).toBe(RAW_SIDE);
    for (const side of ["client", "server"] as const) {
      await tab.paste(hexOf(stream()), side);
      await page.getByRole("option", { name: `${side} READY` }).waitFor();
      await page.getByRole("button", { name: "Open another" }).click();
    }
  });

  it("says where a stream breaks off, marks the octet and goes there", async () => {
    const { page } = tab;
    await tab.paste(hexOf(stream(encodeFrame("job 1"), Uint8Array.of(0x58, 1, 2))));
    await page.getByText("It breaks off at octet 99 of what the server sent.").waitFor();
    await page.getByText("RESERVED_FLAGS · octet 99").waitFor();
    expect(await page.locator("b.faulty").allTextContents()).toEqual(["58"]);
    await page.locator(".entry").first().click();
    expect(await page.locator("b.faulty").count()).toBe(0);
    await page.getByRole("button", { name: "Show the octet" }).click();
    expect(await page.locator("b.faulty").allTextContents()).toEqual(["58"]);
  });

  it("has a session judge the READY", async () => {
    const { page } = tab;
    await page.getByRole("button", { name: "A socket type nobody knows" }).click();
    await page.getByText("SOCKET_TYPE_UNKNOWN").first().waitFor();
  });

  it("reads what xxd prints, by keyboard alone: entries, then fields, each with its meaning", async () => {
    const { page } = tab;
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
    const { page } = tab;
    await tab.paste(hexOf(stream(encodeFrame("apple"), encodeFrame("PEAR"), encodeFrame(Uint8Array.of(7, 1, 255)))));
    await expect.poll(() => tab.rows()).toHaveLength(5);
    await page.getByPlaceholder("Search").fill("pear");
    await page.getByText("1 of 5 shown").waitFor();
    await expect.poll(() => tab.rows()).toEqual(["←server MessagePEAR6 octets"]);
    await page.getByPlaceholder("Search").fill("0x07 01ff");
    await expect.poll(() => tab.rows()).toEqual(["←server Message···5 octets"]);
    await page.getByPlaceholder("Search").fill("");
    await page.getByRole("checkbox", { name: "message" }).uncheck();
    await page.getByText("2 of 5 shown").waitFor();
    await page.locator("#side").selectOption("client");
    await page.getByText("0 of 5 shown").waitFor();
  });

  it("shows of a password how long it is, and says what is sealed", async () => {
    const { page } = tab;
    const command = (...parts: readonly string[]) =>
      encodeFrame(Buffer.concat(parts.map((part) => Buffer.from(`${String.fromCharCode(part.length)}${part}`))), {
        command: true,
      });
    const plain = [encodeGreeting({ mechanism: "PLAIN" }), command("HELLO", "admin", "open sesame")];
    await tab.paste(hexOf(Buffer.concat(plain)), "client");
    await page.getByRole("option", { name: "client HELLO" }).click();
    expect(await page.locator(".detail").textContent()).not.toMatch(/sesame|73 65 73/);
    const characters = (await page.locator(".dump .glyphs").allTextContents()).join("");
    expect(characters).toContain(`admin·${"•".repeat(11)}`);
    await page.getByRole("button", { name: "Open another" }).click();
    const box = encodeFrame(Buffer.concat([Buffer.from("\u0007MESSAGE"), new Uint8Array(8 + 16 + 1 + 5)]));
    await tab.paste(hexOf(Buffer.concat([encodeGreeting({ mechanism: "CURVE" }), box, box])), "client");
    await page.getByRole("option", { name: "client MESSAGE: sealed, 5 octets inside" }).last().click();
    expect(await page.locator(".fields .chip").allTextContents()).toContain("box");
  });

  it("shows markup from a peer as the text it is, and says what it cannot read", async () => {
    const { page } = tab;
    await tab.paste("ff 00 zz");
    await page.getByRole("alert").getByText('"z" stands in it').waitFor();
    await tab.paste(hexOf(stream(encodeFrame('<img src=x onerror="document.title=1">\u202e\u001b[2J'))));
    await page.locator(".entry").last().click();
    await page.getByRole("heading", { name: "Message", level: 2 }).waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator(".detail").textContent()).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });
}
