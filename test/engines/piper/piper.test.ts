import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { concatSamples, resample } from "../../../src/audio/resample.js";
import { findEspeakData } from "../../../src/engines/piper/espeak-data.js";
import type { ModelWorker } from "../../../src/workers/model-worker.js";
import { mishapContract } from "../../contracts/mishaps.js";
import { LOAD_MS } from "../../contracts/subject.js";
import { textToSpeechContract } from "../../contracts/text-to-speech.js";
import { defaultSettings } from "../../fixtures/default-settings.js";
import { moonshineModel, sileroModel } from "../../fixtures/npm-models.js";
import { makePiperVoice, type PiperFiles, RAW_PIPER } from "../../fixtures/piper-voice.js";
import { whisperTiny, words } from "../../fixtures/shared-speech.js";
import { endWorkers, loadSpec, PRODUCT, startWorker, WarningLog } from "../../fixtures/workers.js";

const canSpeak = RAW_PIPER !== undefined && (await findEspeakData()) !== undefined;
const NEEDS = "the shared folder with a Piper voice, and espeak-ng-data";
const dir = mkdtempSync(join(tmpdir(), "piper-"));
const files = canSpeak ? await makePiperVoice(join(dir, "voice")) : undefined;
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const specOf = (paths: PiperFiles | undefined, settings: Readonly<Record<string, unknown>> = {}) =>
  loadSpec({
    provider: "piper",
    model: "piper/en_US-curie-medium",
    paths: { ...paths },
    settings,
    threads: 2,
  });

const subject = {
  name: "piper",
  spec: files && specOf(files, defaultSettings("tts", "piper")),
  needs: NEEDS,
};
const otherOnnx = (await sileroModel())?.["model"];

textToSpeechContract({ ...subject, language: "en", sentence: "The light in the kitchen is on." });

mishapContract({
  ...subject,
  onnxRoles: ["model"],
  otherOnnx,
  work: async (worker, model) => {
    for await (const piece of worker.synthesize(model, { text: "hello" }, new AbortController().signal)) {
      expect(piece.length).toBeGreaterThan(0);
    }
  },
});

async function speak(worker: ModelWorker, model: string, text: string): Promise<Float32Array> {
  const chunks: Float32Array[] = [];
  for await (const piece of worker.synthesize(model, { text }, new AbortController().signal))
    chunks.push(piece);
  return concatSamples(chunks);
}

describe.skipIf(!files)(`piper (needs ${NEEDS})`, () => {
  afterEach(endWorkers);

  async function load(paths: PiperFiles | undefined, settings: Readonly<Record<string, unknown>> = {}) {
    const spec = specOf(paths, settings);
    const logger = new WarningLog();
    const worker = startWorker({ program: PRODUCT, logger });
    const loaded = await worker.load(spec, LOAD_MS);
    if (loaded.capability !== "tts") throw new Error(`loaded ${loaded.capability}`);
    return { worker, loaded, logger, say: (text: string) => speak(worker, spec.model, text) };
  }

  it("has the rate its configuration says", async () => {
    const { loaded } = await load(files);
    expect(loaded).toEqual({ capability: "tts", rateHz: 22_050, speakers: [] });
    const slow = await makePiperVoice(join(dir, "16k"), (config) => ({
      ...config,
      audio: { sample_rate: 16_000 },
    }));
    const at16 = await load(slow);
    expect(at16.loaded.rateHz).toBe(16_000);
    expect((await at16.say("Hello there.")).length).toBeGreaterThan(4000);
  });

  it("speaks slower with a longer length scale", async () => {
    const usual = await (await load(files)).say("The light in the kitchen is on.");
    const slow = await (await load(files, { length_scale: 2, noise_w: 0.1 })).say(
      "The light in the kitchen is on.",
    );
    expect(slow.length).toBeGreaterThan(1.5 * usual.length);
  });

  it("names the eSpeak voice its data lacks", async () => {
    const lost = await makePiperVoice(join(dir, "lost"), (config) => ({
      ...config,
      espeak: { voice: "xx-none" },
    }));
    await expect(load(lost)).rejects.toMatchObject({ code: "engine-load-failed", message: /xx-none/ });
  });

  it("says what is wrong with the voice as published, without its metadata", async () => {
    const raw = { ...files, model: RAW_PIPER } as PiperFiles;
    await expect(load(raw)).rejects.toMatchObject({ code: "engine-load-failed", message: /sample_rate/ });
  });

  it("says that a default speaker does not exist, and speaks", async () => {
    const { logger, say } = await load(files, { default_speaker: "eva" });
    expect((await say("Hello there.")).length).toBeGreaterThan(4000);
    expect(logger.warnings.map(({ message }) => message)).toEqual([expect.stringContaining("eva")]);
  });

  it("refuses a folder that is not the data of eSpeak", async () => {
    await expect(load(files, { espeak_data: dir })).rejects.toMatchObject({ code: "engine-load-failed" });
  });
});

const moonshine = canSpeak ? await moonshineModel("base") : undefined;
const listeners = [
  { name: "whisper", paths: whisperTiny, needs: "the shared folder with Whisper" },
  { name: "moonshine", paths: moonshine, needs: "the npm registry" },
];

for (const { name, paths, needs } of listeners) {
  describe.skipIf(!files || !paths)(`piper heard by ${name} (needs ${NEEDS}, and ${needs})`, () => {
    const sentence = "The kitchen window has been open since this morning.";
    let heard: readonly string[];

    beforeAll(async () => {
      const voice = startWorker({ program: PRODUCT });
      // Without the voice's own noise every run says the sentence in the same way.
      await voice.load(specOf(files, { noise_scale: 0.01, noise_w: 0.01 }), LOAD_MS);
      const spoken = await speak(voice, "piper/en_US-curie-medium", sentence);
      const listener = startWorker({ program: PRODUCT });
      await listener.load(loadSpec({ provider: name, paths: { ...paths }, threads: 2 }), LOAD_MS);
      const speech = await listener.openSpeech("test/model", { language: "en" });
      await speech.accept(resample(spoken, 22_050, 16_000));
      heard = words((await speech.finish()).text);
    });
    afterAll(endWorkers);

    it("is understood word by word", () => {
      const said = words(sentence);
      const missed = said.filter((word) => !heard.includes(word));
      expect(missed.length, `heard "${heard.join(" ")}"`).toBeLessThanOrEqual(2);
      expect(heard.length).toBeLessThanOrEqual(said.length + 2);
    });
  });
}
