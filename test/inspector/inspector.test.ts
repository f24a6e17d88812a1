/** The inspector page in a real Chromium, by what a person does. */
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { noBrowser } from "../support/browser.js";
import { files } from "./files.js";
import { live } from "./live.js";
import { looks } from "./looks.js";
import { octets } from "./octets.js";
import { Tab } from "./tab.js";

const missing = noBrowser();
if (missing) console.warn(`SKIPPED: the inspector page: ${missing}`);

describe.skipIf(missing)("the inspector page", () => {
  const tab = new Tab();
  beforeAll(() => tab.begin(), 120_000);
  afterAll(() => tab.end());
  afterEach(async () => expect(await tab.leave()).toEqual([]));
  octets(tab);
  files(tab);
  live(tab);
  looks(tab);
});
