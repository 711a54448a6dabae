import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_NEEDED, HAS_CHROMIUM, openBrowser } from "../fixtures/browser.js";
import { PATIENCE } from "../fixtures/patience.js";
import { Program } from "../fixtures/program.js";

const TOKEN = "correct-horse-battery";

describe.skipIf(!HAS_CHROMIUM)(`the page of a program that wants a token${CHROMIUM_NEEDED}`, () => {
  let program: Program;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    browser = await openBrowser();
    program = await Program.serve({
      env: { IRENE_HTTP__TOKEN: TOKEN, IRENE_MODELS__OFFLINE: "true", IRENE_MQTT__ENABLED: "false" },
    });
    url = `http://127.0.0.1:${await program.port("http")}/`;
  });
  afterAll(async () => {
    await browser?.close();
    await program?.dispose();
  });

  it("is shown to who gives the token as a password, with what follows it live", async () => {
    const context = await browser.newContext({ httpCredentials: { username: "anybody", password: TOKEN } });
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForSelector("#phase[data-stage]", { timeout: 60_000 });
    await page.waitForSelector("#catalog li");
    expect(await page.isVisible("#offline")).toBe(false);
    await page.fill("#say-text", "The light is on.");
    await page.click("#say button[type=submit]");
    await expect.poll(() => page.textContent("#said-note"), PATIENCE).toMatch(/Ready after|[.]$/);
    await context.close();
  });

  it("is not shown to who gives another one", async () => {
    const context = await browser.newContext({
      httpCredentials: { username: "anybody", password: "wrong-wrong-wrong" },
    });
    const page = await context.newPage();
    const response = await page.goto(url);
    expect(response?.status()).toBe(401);
    expect(await page.content()).not.toContain("Irene Edge</h1>");
    await context.close();
  });
});
