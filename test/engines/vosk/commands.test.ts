import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { CommandHeard } from "../../../src/engines/capability.js";
import { vosk } from "../../../src/engines/vosk/vosk.js";
import { compilePhrases } from "../../../src/home/compile-phrases.js";
import { loadSentences } from "../../../src/home/load-sentences.js";
import type { HomeNames } from "../../../src/home/names.js";
import type { PhraseBookFile } from "../../../src/home/phrase-book.js";
import { writePhraseBook } from "../../../src/home/phrase-book-file.js";
import { comparableWords } from "../../../src/text/word-error.js";
import type { ModelWorker } from "../../../src/workers/model-worker.js";
import { LOAD_MS } from "../../contracts/subject.js";
import { sileroModel } from "../../fixtures/npm-models.js";
import { pieces, recording, sharedPath } from "../../fixtures/shared-speech.js";
import { frenchModel, grammarModel } from "../../fixtures/vosk-models.js";
import { endWorkers, loadSpec, PRODUCT, startWorker } from "../../fixtures/workers.js";

const HOME = sharedPath("speech", "home-en.yaml");
const { ok: hasLibrary } = await vosk.available();
const [american, french] = await Promise.all([grammarModel(), frenchModel()]);
const zamia = sharedPath("models", "vosk-en");

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "commands-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const namesOf = (language: string): HomeNames => {
  const home = parse(readFileSync(HOME ?? "", "utf8")) as Record<string, HomeNames>;
  return home[language] ?? {};
};

async function bookFile(language: string, names: HomeNames): Promise<PhraseBookFile> {
  const { files } = await loadSentences({ program: "models/sentences" }, language);
  return writePhraseBook(dir, compilePhrases({ language, names, files }));
}

interface Loaded {
  readonly worker: ModelWorker;
  readonly hear: (file: string, book: PhraseBookFile) => Promise<CommandHeard>;
}

async function load(model: string | undefined, language: string): Promise<Loaded> {
  const spec = loadSpec({
    provider: "vosk",
    model: `vosk/${language}`,
    paths: { dir: model ?? "" },
    params: { language },
  });
  const worker = startWorker({ program: PRODUCT });
  const loaded = await worker.load(spec, LOAD_MS);
  expect(loaded).toMatchObject({ capability: "stt", takesPhrases: true });
  const hear = async (file: string, phrases: PhraseBookFile) => {
    const channel = await worker.openSpeech(spec.model, { language, phrases });
    for (const piece of pieces(recording(file), 1600)) await channel.accept(piece);
    const { command, text } = await channel.finish();
    if (!command) throw new Error("no command came back");
    expect(text).toBe(command.decision === "accept" ? command.text : "");
    return command;
  };
  return { worker, hear };
}

function clips(language: string, kind: RegExp): readonly (readonly [file: string, said: string])[] {
  const table = readFileSync(sharedPath("speech", "transcripts.tsv") ?? "", "utf8")
    .trim()
    .split("\n")
    .slice(1);
  return table.flatMap((line) => {
    const [file = "", of = "", said = "", what = ""] = line.split("\t");
    return of === language && kind.test(what) ? [[file, said] as const] : [];
  });
}

/** Files whose command was accepted and written exactly as it was said. */
async function exact({ hear }: Loaded, language: string, book: PhraseBookFile, wanted: RegExp) {
  const commands = clips(language, /command/).filter(([file]) => wanted.test(file));
  const right: string[] = [];
  for (const [file, said] of commands) {
    const { decision, text } = await hear(file, book);
    const same = comparableWords(said, language).join(" ") === comparableWords(text, language).join(" ");
    if (decision === "accept" && same) right.push(file);
  }
  return { right: right.length, of: commands.length };
}

describe.skipIf(!HOME || !american || !hasLibrary)(
  "commands in American English (needs the shared home, the npm model and libvosk)",
  () => {
    afterEach(endWorkers);

    it("understands at least 93 % of the recorded commands exactly", async () => {
      const { right, of } = await exact(
        await load(american, "en"),
        "en",
        await bookFile("en", namesOf("en")),
        /./,
      );
      expect(right / of).toBeGreaterThanOrEqual(0.93);
    }, 240_000);

    it("leaves other speech to dictation, at most one recording in four excepted", async () => {
      const { hear } = await load(american, "en");
      const book = await bookFile("en", namesOf("en"));
      const decisions = async (kind: RegExp) => {
        const heard: string[] = [];
        for (const [file] of clips("en", kind)) heard.push((await hear(file, book)).decision);
        return heard;
      };
      const others = await decisions(/out-of-vocabulary/);
      expect(others.filter((decision) => decision === "accept").length).toBeLessThanOrEqual(
        others.length / 4,
      );
      expect(await decisions(/read speech/)).not.toContain("accept");
    }, 240_000);

    it("reports a name outside the vocabulary with the words it is understood by", async () => {
      const { worker } = await load(american, "en");
      const book = await bookFile("en", { ...namesOf("en"), lights: ["Bed Light", "Zyxgrmpf"] });
      const report = await worker.preparePhrases("vosk/en", book);
      expect(report.unknownWords).toContainEqual({ word: "EcoBee", names: ["EcoBee"], respelled: "eco bee" });
      expect(report.unknownWords.find(({ word }) => word === "Zyxgrmpf")).toMatchObject({
        names: ["Zyxgrmpf"],
      });
      expect((await worker.preparePhrases("vosk/en", book)).compileMs).toBe(0);
    }, 60_000);

    it("serves with the earlier book while a new one is made, then with the new one", async () => {
      const { hear, worker } = await load(american, "en");
      const names = namesOf("en");
      await worker.preparePhrases("vosk/en", await bookFile("en", { ...names, lights: ["Bed Light"] }));
      const renamed = await bookFile("en", names);
      const preparing = worker.preparePhrases("vosk/en", renamed);
      const clip = "en/turn-on-standing-light.wav";
      expect((await hear("en/what-s-the-date.wav", renamed)).text).toBe("what's the date");
      await preparing;
      expect((await hear(clip, renamed)).text).toMatch(/Standing Light$/);
    }, 60_000);

    it("refuses a book that is not there, and one of another language, and goes on", async () => {
      const { hear, worker } = await load(american, "en");
      const missing = { id: "0".repeat(64), path: join(dir, "none.json") };
      await expect(worker.preparePhrases("vosk/en", missing)).rejects.toMatchObject({
        code: "engine-failed",
      });
      const french = await bookFile("fr", namesOf("fr"));
      await expect(worker.preparePhrases("vosk/en", french)).rejects.toThrow(/book is fr, the model en/);
      expect((await hear("en/pause.wav", await bookFile("en", namesOf("en")))).text).toBe("pause");
    }, 60_000);

    it("takes two utterances at once, one of them given up", async () => {
      const { worker, hear } = await load(american, "en");
      const book = await bookFile("en", namesOf("en"));
      const other = await worker.openSpeech("vosk/en", { language: "en", phrases: book });
      await other.accept(recording("en/jfk.wav").subarray(0, 16_000));
      expect((await hear("en/lock-the-front-door.wav", book)).decision).toBe("accept");
      other.cancel();
      expect((await hear("en/what-s-the-temperature.wav", book)).text).toBe("what's the temperature");
    }, 60_000);
  },
);

describe.skipIf(!HOME || !french || !hasLibrary)(
  "commands in French (needs the shared home, the npm model and libvosk)",
  () => {
    afterEach(endWorkers);

    it("understands at least 80 % of a sample of the recorded commands exactly", async () => {
      const sample = /minuteur-1-|annuler|bureau|volets|suivant|quel-temps|porte/;
      const { right, of } = await exact(
        await load(french, "fr"),
        "fr",
        await bookFile("fr", namesOf("fr")),
        sample,
      );
      expect(right / of).toBeGreaterThanOrEqual(0.8);
    }, 300_000);
  },
);

describe.skipIf(!HOME || !zamia || !hasLibrary)(
  "commands with a weaker model (needs shared vosk-en and libvosk)",
  () => {
    afterEach(endWorkers);

    it("understands at least 70 % of the recorded commands exactly, of which it hears some as silence", async () => {
      const { right, of } = await exact(
        await load(zamia, "en"),
        "en",
        await bookFile("en", namesOf("en")),
        /./,
      );
      expect(right / of).toBeGreaterThanOrEqual(0.7);
    }, 240_000);

    it("forces no other speech into a command", async () => {
      const { hear } = await load(zamia, "en");
      const book = await bookFile("en", namesOf("en"));
      for (const [file] of clips("en", /out-of-vocabulary/))
        expect((await hear(file, book)).decision).toBe("dictate");
    }, 120_000);
  },
);

describe("models without a grammar", async () => {
  const silero = await sileroModel();
  afterEach(endWorkers);

  it.skipIf(!silero)("are not asked for a phrase book (needs the npm registry)", async () => {
    const worker = startWorker({ program: PRODUCT });
    await worker.load(
      loadSpec({ provider: "silero_vad", model: "silero_vad/v5", paths: { ...silero } }),
      LOAD_MS,
    );
    const book = { id: "0", path: "/none" };
    await expect(worker.preparePhrases("silero_vad/v5", book)).rejects.toThrow(/not loaded for stt/);
  });
});
