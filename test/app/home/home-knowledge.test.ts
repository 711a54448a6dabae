import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BookThreads } from "../../../src/app/home/book-threads.js";
import { HomeKnowledge } from "../../../src/app/home/home-knowledge.js";
import { systemClock } from "../../../src/base/clock.js";
import type { PhraseBookFile } from "../../../src/home/phrase-book.js";
import { readPhraseBook } from "../../../src/home/phrase-book-file.js";
import { FakeCore } from "../../fixtures/fake-core.js";
import { PATIENCE } from "../../fixtures/patience.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";
import { manifestOf } from "../../fixtures/scripted-leaser.js";
import { ScriptedResidency } from "../../fixtures/scripted-residency.js";

/** Threads run the built program, as workers do. */
const THREADS = new BookThreads(new URL("../../../dist/app/home/book-thread-main.js", import.meta.url));
const SENTENCES = fileURLToPath(new URL("../../../models/sentences", import.meta.url));

describe("HomeKnowledge", () => {
  let core: FakeCore;
  let dir: string;
  let home: HomeKnowledge;
  let residency: ScriptedResidency;
  let log: ReturnType<typeof recordingLogger>;
  const prepared: PhraseBookFile[] = [];
  const open = (
    options: { readonly file?: string; readonly sentences?: string; readonly core?: boolean } = {},
  ) => {
    const listener = {
      id: "vosk/small",
      loaded: { capability: "stt", streaming: true, takesPhrases: true } as const,
      prepare: (book: PhraseBookFile) => {
        prepared.push(book);
        return { book: book.id, phrases: 5, unknownWords: [], compileMs: 1 };
      },
    };
    log = recordingLogger();
    residency = new ScriptedResidency(systemClock, [listener]);
    const { file = "", sentences = "" } = options;
    home = new HomeKnowledge({
      config: { language: "en_GB", data_dir: dir, preload: true, home: { commands: true, file, sentences } },
      sentences: SENTENCES,
      core: options.core === false ? undefined : core.address,
      choose: (_, without) => (without.has(listener.id) ? undefined : manifestOf(listener)),
      residency,
      clock: systemClock,
      log,
      parallel: false,
      threads: THREADS,
    });
    return home;
  };
  const words = async () => {
    const last = prepared.at(-1);
    return last ? JSON.stringify((await readPhraseBook(last)).lists) : "";
  };

  beforeEach(async () => {
    prepared.length = 0;
    dir = await mkdtemp(join(tmpdir(), "home-knowledge-"));
    core = await FakeCore.start();
    core.entities.set("light.lamp", { name: "Blue Lamp" });
  });
  afterEach(async () => {
    await home.close();
    await core.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it("puts the names of Home Assistant and of a file into one book, and a new one with each change", async () => {
    const file = join(dir, "home.yaml");
    await writeFile(file, "en: {lights: [Bed Light]}\nfr: {lights: [Lustre]}\n");
    open({ file });
    await home.start();
    home.bring();
    await expect.poll(words, PATIENCE).toContain("Blue Lamp");
    expect(await words()).toContain("Bed Light");
    expect(await words()).not.toContain("Lustre");
    expect(home.offer("en-US")).toMatchObject({ ready: true, phrases: prepared.at(-1) });
    expect(home.names("en")).toEqual(["Blue Lamp", "Bed Light"]);
    core.change("light.lamp", { name: "Standing Light" });
    await expect.poll(words, PATIENCE).toContain("Standing Light");
    expect(await words()).not.toContain("Blue Lamp");
    await writeFile(file, "en: {lights: [Night Light, Bed Light]}\n");
    await expect.poll(words, PATIENCE).toContain("Night Light");
    expect(residency.held).toBe(0);
  });

  it("tells of names, sources and who listens", async () => {
    open();
    await home.start();
    await expect
      .poll(() => home.show().languages[0]?.names, PATIENCE)
      .toEqual([{ kind: "lights", name: "Blue Lamp", source: "Home Assistant" }]);
    home.bring();
    await expect.poll(() => home.show().languages[0]?.ready, PATIENCE).toBe(true);
    const [english] = home.show().languages;
    expect(english).toMatchObject({ language: "en", model: "vosk/small", problems: [], unknownWords: [] });
    expect(english?.phrases).toBeGreaterThan(10);
    expect(home.show().sources).toEqual([{ name: "Home Assistant" }]);
    core.dropAll();
    await expect.poll(() => home.show().sources[0]?.problem, PATIENCE).toMatch(/does not answer/);
    expect(home.offer("en")).toMatchObject({ ready: true });
  });

  it("begins another language when it is spoken, and has nothing in one without sentences", async () => {
    open({ core: false });
    expect(home.offer("en")).toBeUndefined();
    await home.start();
    expect(home.show().languages.map(({ language }) => language)).toEqual(["en"]);
    expect(home.offer("xx")).toMatchObject({ ready: false });
    await expect.poll(() => home.offer("xx"), PATIENCE).toBeUndefined();
    expect(home.show().languages[1]).toMatchObject({
      language: "xx",
      why: "there are no sentence templates for it",
    });
    await expect(home.test("hello", "xx")).rejects.toMatchObject({ code: "no-model" });
  });

  it("looks up what a sentence would be taken for", async () => {
    open();
    await home.start();
    await expect.poll(() => home.names("en"), PATIENCE).toEqual(["Blue Lamp"]);
    expect(await home.test("Turn on the blue lamp!")).toMatchObject({
      language: "en",
      decision: "accept",
      text: "turn on the Blue Lamp",
      distance: 0,
    });
    expect(await home.test("set the blue lamp to 50 percent")).toMatchObject({ decision: "accept" });
    expect(await home.test("who painted the ceiling of the chapel")).toMatchObject({ decision: "dictate" });
  });

  it("uses the program's sentences alone while the user's hold a mistake, and says where it is", async () => {
    const own = join(dir, "own");
    await mkdir(own);
    const mine = (sentence: string) =>
      writeFile(join(own, "mine.yaml"), `language: en\nsentences:\n  mine:\n    - ${sentence}\n`);
    await mine("open the {nonsense}");
    open({ sentences: own, core: false });
    await home.sentences();
    expect(home.show().languages[0]?.problems.join("\n")).toMatch(
      /mine\.yaml:4: there is no list \{nonsense\}/,
    );
    expect(await home.test("turn on the lights")).toMatchObject({ decision: "accept" });
    await mine("open the pod bay doors");
    expect(await home.test("open the pod bay doors")).toMatchObject({ decision: "accept", intent: "mine" });
    // Without being asked, too: the mistake has gone from what is shown.
    await expect.poll(() => home.show().languages[0]?.problems, PATIENCE).toEqual([]);
  });
});
