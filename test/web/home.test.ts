import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_NEEDED, HAS_CHROMIUM, openBrowser } from "../fixtures/browser.js";
import { httpHouse } from "../fixtures/http-house.js";
import { aSnapshot } from "../fixtures/snapshot.js";

const WEB = fileURLToPath(new URL("../../addon/web", import.meta.url));
const trace = {
  kind: "transcribe",
  gateway: "wyoming",
  startedAtMs: 1_000,
  stages: [],
  outcome: "done",
} as const;

describe.skipIf(!HAS_CHROMIUM)(`the page on the commands of a home${CHROMIUM_NEEDED}`, () => {
  let browser: Browser;
  const open = async (): Promise<{
    page: Page;
    snapshots: Awaited<ReturnType<typeof httpHouse>>["snapshots"];
  }> => {
    const { url, snapshots } = await httpHouse({}, {}, WEB);
    const page = await browser.newPage();
    await page.goto(url);
    return { page, snapshots };
  };
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it("tells who listens and which words nobody knows, with what became of them", async () => {
    const { page } = await open();
    await page.waitForSelector("#home-card:not([hidden])");
    expect(await page.textContent("#home-languages")).toContain("en: 1 names, 12 sentences");
    expect(await page.textContent("#home-languages")).toContain(
      "nobody listens: vosk/en_small is not in memory · mine.yaml:4: there is no list {nonsense}",
    );
    expect(await page.textContent("#home-unknown")).toContain("ecobee EcoBee Lamp · listened for as eco bee");
    expect(await page.textContent("#home-problem")).toContain("Home Assistant does not answer.");
    expect(await page.isHidden("#home-recent")).toBe(true);
  });

  it("lists what was a command lately and what was not, and why", async () => {
    const { page, snapshots } = await open();
    const recent = [
      {
        ...trace,
        id: "b",
        model: "vosk/en_small",
        decided: "command",
        why: "it was heard word for word",
      } as const,
      {
        ...trace,
        id: "a",
        model: "whisper/tiny",
        decided: "dictation",
        why: "it is near no sentence",
      } as const,
      { ...trace, id: "0", model: "whisper/tiny" } as const,
    ];
    snapshots.change({ ...aSnapshot(), requests: { total: 3, failed: 0, active: 0, recent } });
    await page.waitForSelector("#home-decisions li");
    const lines = await page.$$eval("#home-decisions li", (items) => items.map((item) => item.textContent));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^command.*vosk\/en_small · it was heard word for word$/);
    expect(lines[1]).toMatch(/^dictation.*whisper\/tiny · it is near no sentence$/);
  });
});
