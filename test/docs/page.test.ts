/** What the documents tell people to write into a page, in Chromium, word for word, with libzmq's publisher at the other end. */
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { XPublisher } from "zeromq";
import { noBrowser, openSite, type Site } from "../support/browser.js";
import { opened } from "../support/libzmq.js";
import { blocksOf, documents, root } from "./markdown.js";

const html = documents.flatMap(blocksOf).filter(({ language }) => language === "html");
const RECIPE = "docs/recipes/page.md";
const GUIDE = "docs/guide/threads.md";
const PLACE = "127.0.0.1:5557";

const missing = noBrowser();
if (missing) console.warn(`SKIPPED: the documents' pages: ${missing}`);

it("is every page that a document shows", () => {
  expect(html.map(({ path }) => path)).toEqual(["README.md", RECIPE]);
  const alone = documents.flatMap(blocksOf).filter(({ how }) => how === "browser");
  expect(alone.map(({ path }) => path)).toEqual([GUIDE]);
});

describe.skipIf(missing)("a page", () => {
  let site: Site | undefined;

  beforeAll(async () => {
    site = await openSite((folder) =>
      cp(join(root, "dist"), join(folder, "node_modules/monocoque/dist"), { recursive: true }),
    );
  });

  afterAll(() => site?.close());

  /** Opens the page of a document, with a publisher that says `topic` from when it is subscribed to until the page has `heard` it. */
  async function hears(path: string, topic: string, heard: (page: Page) => Promise<unknown>): Promise<void> {
    const { folder, url, browser } = site as Site;
    const publisher = opened(new XPublisher());
    await publisher.bind("ws://127.0.0.1:*");
    const place = publisher.lastEndpoint?.replace(/^ws:\/\/|\/$/g, "") as string;
    // The guide shows a script alone: it goes into the page of the recipe.
    const [page] = html.filter((block) => block.path === (path === GUIDE ? RECIPE : path)).map(({ text }) => text);
    await writeFile(join(folder, "index.html"), (page as string).replace(PLACE, place));
    for (const { text } of documents.filter((document) => document === path).flatMap(blocksOf)) {
      const [bare, entry = "index"] = /"monocoque(?:\/(page))?"/.exec(text) ?? [];
      if (bare === undefined || !text.includes(`from ${bare}`)) continue;
      const script = text.replace(PLACE, place).replace(bare, `"./node_modules/monocoque/dist/${entry}.js"`);
      await writeFile(join(folder, "weather.js"), script);
    }
    const tab = await browser.newPage();
    const faults: string[] = [];
    tab.on("pageerror", (error) => faults.push(String(error)));
    const done = heard(tab);
    await tab.goto(`${url}/index.html`);
    expect(String((await publisher.receive())[0])).toBe(`\u0001${topic}`);
    const saying = setInterval(() => void publisher.send([`${topic}berlin`, "cloudy"]), 20);
    try {
      await done;
      expect(faults).toEqual([]);
    } finally {
      clearInterval(saying);
      await tab.close();
    }
  }

  it("of the README writes what it hears into itself", () =>
    hears("README.md", "tick", (page) => page.getByText("tickberlin cloudy").first().waitFor({ timeout: 60_000 })));

  it.each([RECIPE, GUIDE])("of %s writes it to the console", (path) =>
    hears(path, "weather.", (page) =>
      page.waitForEvent("console", { predicate: (line) => line.text() === "weather.berlin cloudy", timeout: 60_000 }),
    ),
  );
});
