/** What is seen: nothing for axe to find, and never too wide, in every width and colour. `live.ts` looks at what moves. */
import { expect, it } from "vitest";
import { encodeFrame, encodeMessage } from "../../src/index.js";
import { hexOf, stream, type Tab } from "./tab.js";

export function looks(tab: Tab): void {
  it("gives axe nothing to find: the start, a fault, a message of several frames, what a search leaves", async () => {
    const { page } = tab;
    await tab.paste("ff 00 zz");
    await page.getByRole("alert").waitFor();
    expect(await tab.looks("html")).toEqual({});
    const frames = [encodeMessage(["one", "two"]), encodeFrame("three"), Uint8Array.of(0x58, 1, 2)];
    await tab.paste(hexOf(stream(...frames)));
    await page.locator("b.faulty").waitFor();
    expect(await tab.looks("#inspect")).toEqual({});
    await page.locator(".entry", { hasText: "2 frames" }).click();
    await page.locator(".frames").waitFor();
    await page.getByPlaceholder("Search").fill("one");
    await page.getByText("1 of 5 shown").waitFor();
    await page.locator(".dump [tabindex]").first().focus();
    expect(await tab.looks("#inspect")).toEqual({});
  });

  it("has as many octets in a row as fit, in every width", async () => {
    const { page } = tab;
    await tab.paste(hexOf(stream(encodeFrame("a payload of more octets than stand in a row"))));
    await page.locator(".entry").last().click();
    const size = page.viewportSize() as { width: number; height: number };
    for (const width of [1280, 1120, 900, 860, 700, 360]) {
      await page.setViewportSize({ ...size, width });
      const wide = () => page.locator("#detail").evaluate((detail) => detail.scrollWidth - detail.clientWidth);
      await expect.poll(wide, { message: `${width}` }).toBe(0);
    }
    await page.setViewportSize(size);
  });
}
