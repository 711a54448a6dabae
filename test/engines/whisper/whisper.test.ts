import { afterEach, describe, expect, it } from "vitest";
import { mishapContract } from "../../contracts/mishaps.js";
import { speechToTextContract } from "../../contracts/speech-to-text.js";
import { LOAD_MS } from "../../contracts/subject.js";
import { sileroModel } from "../../fixtures/npm-models.js";
import { hasShared, recording, whisperTiny } from "../../fixtures/shared-speech.js";
import { endWorkers, loadSpec, PRODUCT, startWorker, WarningLog } from "../../fixtures/workers.js";

const subject = {
  name: "whisper (tiny)",
  spec:
    whisperTiny && hasShared
      ? loadSpec({ provider: "whisper", model: "whisper/tiny", paths: whisperTiny, threads: 2, arena: false })
      : undefined,
  needs: "the shared folder with models and recordings",
};

speechToTextContract({
  ...subject,
  language: "en",
  speech: () => recording("en/jfk.wav"),
  hears: ["americans", "fellow", "country"],
  otherSpeech: () => recording("en/what-time-is-it.wav"),
  otherHears: ["what", "time", "is", "it"],
});

mishapContract({
  ...subject,
  onnxRoles: ["encoder", "decoder"],
  otherOnnx: (await sileroModel())?.["model"],
  work: async (worker, model) => {
    const speech = await worker.openSpeech(model, {});
    return speech.finish();
  },
});

describe.skipIf(!subject.spec)(`whisper (needs ${subject.needs})`, () => {
  afterEach(endWorkers);

  const hear = async (settings: Record<string, unknown>, language?: string) => {
    const spec = { ...(subject.spec ?? loadSpec({ provider: "whisper" })), settings };
    const worker = startWorker({ program: PRODUCT });
    await worker.load(spec, LOAD_MS);
    const speech = await worker.openSpeech(spec.model, language === undefined ? {} : { language });
    await speech.accept(recording("fr/pico-test-fr.wav"));
    return speech.finish();
  };

  it("finds out the language where none is named, in the settings or by the request", async () => {
    expect(await hear({ default_language: "auto" })).toMatchObject({ language: "fr", text: /consul/i });
  });

  it("takes the language of the settings for a request that names none", async () => {
    expect(await hear({ default_language: "fr" })).toMatchObject({ language: "fr", text: /consul/i });
  });

  it("runs on the processor, with a warning, where cuda was asked for", async () => {
    const logger = new WarningLog();
    const worker = startWorker({ program: PRODUCT, logger });
    const spec = subject.spec ?? loadSpec({ provider: "whisper" });
    await worker.load({ ...spec, settings: { device: "cuda" } }, LOAD_MS);
    expect(logger.warnings.map(({ message }) => message)).toEqual([expect.stringContaining("cuda")]);
  });
});
