/** A live connection, and the two codecs measured. */
import { expect, it } from "vitest";
import { XPublisher } from "zeromq";
import { opened } from "../support/libzmq.js";
import type { Tab } from "./tab.js";

export function live(tab: Tab): void {
  it("listens to libzmq's publisher over ws://, live, and draws how fast it sends", async () => {
    const { page } = tab;
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
    expect(await tab.looks("#inspect")).toEqual({});
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("· closed").waitFor();
  });

  it("says why an address cannot be reached", async () => {
    const { page } = tab;
    await page.getByLabel("Address").fill("tcp://127.0.0.1:5555");
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("alert").getByText("tcp:// needs sockets").waitFor();
  });

  it("measures the two codecs in this browser", async () => {
    const { page } = tab;
    await page.getByRole("button", { name: "Measure" }).click();
    await page.getByRole("button", { name: "Measure again" }).waitFor();
    expect(await page.locator(".bars p").count()).toBe(8);
    const widths = await page
      .locator(".bars i")
      .evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
    expect(widths.every((width) => width > 0)).toBe(true);
    expect(await tab.looks("#measure")).toEqual({});
  });
}
