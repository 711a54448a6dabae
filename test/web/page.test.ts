import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Foresight } from "../../src/sessions/foresight.js";
import { CHROMIUM_NEEDED, HAS_CHROMIUM, IngressProxy, openBrowser } from "../fixtures/browser.js";
import { Program } from "../fixtures/program.js";
import { hasShared, SHARED } from "../fixtures/shared-speech.js";

const NEEDS = `${CHROMIUM_NEEDED}${hasShared ? "" : " [skipped: the shared recordings are absent]"}`;
/** `IRENE_SHOTS=docs/images` takes the pictures of the documentation anew. */
const SHOTS = process.env["IRENE_SHOTS"] ?? "test-results/page";
/** Some of a page's parts that come only with use, so that pictures show them. */
const fromTop = (width: number, height: number) => ({ clip: { x: 0, y: 0, width, height } });

/** What the page puts on a model's badge. */
const badge = (model: string): string => `#models [data-model="${model}"] .badge`;

describe.skipIf(!HAS_CHROMIUM || !hasShared)(`the page in a browser, behind ingress${NEEDS}`, () => {
  let program: Program;
  let proxy: IngressProxy;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    browser = await openBrowser();
    program = await Program.serve({
      flags: ["--stt", "moonshine/tiny-en"],
      env: { IRENE_MQTT__ENABLED: "false" },
    });
    proxy = await IngressProxy.start(await program.port("http"));
    page = await browser.newPage({ viewport: { width: 1180, height: 900 } });
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== proxy.origin) complaints.push(`asked ${request.url()}`);
    });
    await page.goto(proxy.page);
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.stop();
    await program?.dispose();
  });

  it("shows a model's life while it is downloaded, loaded and warmed, with its memory at the end", async () => {
    const card = '#models [data-model="moonshine/tiny-en"]';
    await page.waitForSelector(`${card} .badge[data-stage="ready"]`, { timeout: 100_000 });
    const life = await page.$$eval(`${card} .timeline i`, (parts) =>
      parts.map((part) => part.getAttribute("data-stage")),
    );
    expect(life.at(-1)).toBe("ready");
    expect(life.length).toBeGreaterThan(1);
    expect(life.slice(0, -1).join()).toMatch(/downloading|verifying|extracting|loading|warming/);
    const held = await page.textContent("#memory-legend");
    expect(held).toContain("Moonshine Tiny, English, speech to text");
    expect(await page.textContent("#memory-figures")).toMatch(/^\d+ MB of [\d.]+ [GM]B$/);
    await page.waitForSelector('#phase[data-stage="ready"]');
    expect(await page.textContent("#choices")).toContain("Moonshine Tiny, English");
  });

  it("still shows that life after it was opened anew, with the start of the program at its beginning", async () => {
    const card = '#models [data-model="moonshine/tiny-en"]';
    const stages = () =>
      page.$$eval(`${card} .timeline i`, (parts) => parts.map((part) => part.getAttribute("data-stage")));
    await page.reload();
    await page.waitForSelector(`${card} .badge[data-stage="ready"]`);
    await expect.poll(async () => (await stages()).length, { timeout: 20_000 }).toBeGreaterThan(2);
    const life = await stages();
    expect(life[0]).toBe("cold");
    expect(life).toEqual(expect.arrayContaining(["downloading", "loading", "warming"]));
    expect(life.at(-1)).toBe("ready");
    expect(await page.getAttribute(`${card} .timeline`, "aria-label")).toMatch(/downloading .*, ready /);
    expect(await page.textContent(`${card} .scale`)).toMatch(/ ago.*now/);
  });

  it("shows what a start loads, in which order and why", async () => {
    await page.waitForSelector("#plan-loads li");
    const plan = (await (
      await fetch(`http://127.0.0.1:${await program.port("http")}/api/plan`)
    ).json()) as Foresight;
    const rows = await page.$$eval("#plan-loads li", (items) => items.map((item) => item.textContent ?? ""));
    expect(rows).toHaveLength(plan.warmUp.loads.length);
    plan.warmUp.loads.forEach(({ title, reason }, index) => {
      expect(rows[index]).toContain(title);
      expect(rows[index]).toContain(reason);
    });
    expect(await page.textContent("#plan-total")).toMatch(/of .* after the start/);
    await page.click("#plan-more summary");
    const others = await page.$$eval("#plan-others li", (items) => items.length);
    expect(others).toBe(plan.answers.flatMap(({ leftOut }) => leftOut).length);
    await page.click("#plan-more summary");
  });

  it("turns a recording that is dropped on it into text", async () => {
    const wav = readFileSync(join(SHARED, "speech/en/jfk.wav")).toString("base64");
    const data = await page.evaluateHandle(`(() => {
      const bytes = Uint8Array.from(atob("${wav}"), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], "jfk.wav", { type: "audio/wav" }));
      return transfer;
    })()`);
    await page.dispatchEvent("#drop", "drop", { dataTransfer: data });
    await page.waitForSelector('#heard:has-text("country")');
    expect((await page.textContent("#heard"))?.toLowerCase()).toContain("your country");
    await page.waitForSelector('#requests li .badge[data-stage="done"]');
    expect(await page.getAttribute("#requests li .stages", "aria-label")).toContain("decode");
  });

  it("speaks a text in the player", async () => {
    await page.fill("#say-text", "The light is on.");
    await page.click("#say button[type=submit]");
    const plays =
      "(({ duration, currentTime }) => duration > 0.5 && currentTime > 0)(document.querySelector('audio'))";
    await expect.poll(() => page.evaluate(plays), { timeout: 30_000 }).toBe(true);
    expect(await page.textContent("#said-note")).toContain("Ready after");
  });

  it("looks like this with all of it in use", async () => {
    await page.screenshot({ path: join(SHOTS, "page.png"), fullPage: true, ...fromTop(1180, 1180) });
  });

  it("takes a file that is chosen, too, and says why another is none", async () => {
    await page.setInputFiles("#file", {
      name: "a.wav",
      mimeType: "audio/wav",
      buffer: Buffer.from("RIFFnothing"),
    });
    await page.waitForSelector("#heard.bad");
    expect(await page.textContent("#heard")).toMatch(/\S/);
    complaints.splice(0);
  });

  it("unloads, warms and pins a model", async () => {
    const press = (action: string) =>
      page.click(`#models [data-model="moonshine/tiny-en"] [data-action="${action}"]`);
    await press("pin");
    await page.waitForSelector('#models [data-model="moonshine/tiny-en"] [data-action="unpin"]:visible');
    await press("unpin");
    await page.waitForSelector('#models [data-model="moonshine/tiny-en"] [data-action="pin"]:visible');
    await press("unload");
    await page.waitForSelector(`${badge("moonshine/tiny-en")}[data-stage="cold"]`);
    await press("warm-up");
    await page.waitForSelector(`${badge("moonshine/tiny-en")}[data-stage="ready"]`);
  });

  it("removes and downloads a model", async () => {
    const inCatalog = '#catalog [data-model="moonshine/tiny-en"]';
    page.once("dialog", (dialog) => void dialog.accept());
    await page.click(`${inCatalog} [data-action="remove"]`);
    await page.waitForSelector(`${inCatalog} [data-action="pull"]:visible`);
    expect((await program.status()).models.find(({ id }) => id === "moonshine/tiny-en")?.asset.name).toBe(
      "missing",
    );
    await page.click(`${inCatalog} [data-action="pull"]`);
    await page.waitForSelector(`${inCatalog} .badge[data-stage="present"]`, { timeout: 100_000 });
  });

  it("filters the catalog by language and capability, with size, memory, licence and fit", async () => {
    await page.selectOption("#by-language", "ru");
    await page.selectOption("#by-capability", "tts");
    const cards = await page.$$eval("#catalog li", (items) => items.map((item) => item.textContent ?? ""));
    const { models } = await program.status();
    const expected = models.filter(
      ({ capability, languages }) =>
        capability === "tts" && languages.some((code) => code.split(/[_-]/)[0] === "ru"),
    );
    expect(cards).toHaveLength(expected.length);
    expect(cards.length).toBeGreaterThan(0);
    for (const card of cards)
      for (const fact of ["Size", "Memory", "Licence", "Fits"]) expect(card).toContain(fact);
    await page.selectOption("#by-language", "");
    await page.selectOption("#by-capability", "");
  });

  it("asks only below the path that ingress gives it, without an error", async () => {
    expect(await page.getAttribute("base", "href")).toBe(`${IngressProxy.PREFIX}/`);
    expect(proxy.strays).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it.each(["light", "dark"] as const)("fits a phone of 360 pixels, %s", async (colorScheme) => {
    const phone = await browser.newPage({ viewport: { width: 360, height: 780 }, colorScheme });
    await phone.goto(proxy.page);
    await phone.waitForSelector("#catalog li");
    expect(await phone.evaluate("document.documentElement.scrollWidth")).toBe(360);
    const small = await phone.$$eval(
      "button:not([hidden]), select, .button",
      (all) =>
        all.filter(
          (each) => each.getBoundingClientRect().height > 0 && each.getBoundingClientRect().height < 40,
        ).length,
    );
    expect(small).toBe(0);
    await phone.screenshot({
      path: join(SHOTS, `phone-${colorScheme}.png`),
      fullPage: true,
      ...fromTop(360, 1180),
    });
    await phone.close();
  });

  it("speaks Russian to a browser that prefers it, on a phone too", async () => {
    const phone = await browser.newPage({ viewport: { width: 360, height: 780 }, locale: "ru-RU" });
    await phone.goto(proxy.page);
    await phone.waitForSelector("#catalog li");
    await phone.waitForSelector("#plan-loads li");
    expect(await phone.getAttribute("html", "lang")).toBe("ru");
    const texts = await phone.$$eval("h1, h2, h3, button, label, .badge, option[value=''], dt", (all) =>
      all.map((each) => (each.closest("[hidden]") ? "" : (each.firstChild?.textContent ?? "").trim())),
    );
    const models = new Set((await program.status()).models.map(({ title }) => title));
    const english = texts.filter((text) => /[a-z]/i.test(text) && !/[а-яё]/i.test(text) && !models.has(text));
    expect(english).toEqual(["Irene Edge"]);
    expect(await phone.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await phone.screenshot({ path: join(SHOTS, "phone-ru.png"), fullPage: true, ...fromTop(360, 1180) });
    await phone.close();
  });

  it("can be used with the keyboard alone", async () => {
    const fresh = await browser.newPage();
    await fresh.goto(proxy.page);
    await fresh.waitForSelector("#models article");
    await fresh.keyboard.press("Tab");
    expect(await fresh.evaluate("document.activeElement.className")).toBe("skip");
    await fresh.keyboard.press("Enter");
    await fresh.keyboard.press("Tab");
    expect(await fresh.evaluate('document.activeElement.closest("article") !== null')).toBe(true);
    await fresh.focus("#say-text");
    await fresh.keyboard.press("Tab");
    await fresh.keyboard.press("Tab");
    await fresh.keyboard.press("Enter");
    await fresh.waitForSelector("audio:not([hidden])");
    await fresh.close();
  });

  it("names every control for people who do not see it", async () => {
    const nameless = await page.evaluate(`
      [...document.querySelectorAll("button, select, textarea, input, [role=img], [role=progressbar]")]
        .filter((each) => {
          const texts = [each, ...(each.labels ?? [])].map((one) => one.textContent);
          return (each.getAttribute("aria-label") ?? texts.join("")).trim() === "";
        })
        .map((each) => each.outerHTML.slice(0, 120))
    `);
    expect(nameless).toEqual([]);
  });

  it("says so when the program is gone", async () => {
    await program.stop("SIGKILL");
    await page.waitForSelector("#offline:visible");
  });
});
