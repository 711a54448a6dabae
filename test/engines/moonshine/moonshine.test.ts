import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelWorker } from "../../../src/workers/model-worker.js";
import { mishapContract } from "../../contracts/mishaps.js";
import { speechToTextContract } from "../../contracts/speech-to-text.js";
import { moonshineModel, sileroModel } from "../../fixtures/npm-models.js";
import { hasShared, noise, recording, words } from "../../fixtures/shared-speech.js";
import { endWorkers, loadSpec, PRODUCT, startWorker } from "../../fixtures/workers.js";

const paths = hasShared ? await moonshineModel("base") : undefined;
const tiny = hasShared ? await moonshineModel("tiny") : undefined;

const subject = {
  name: "moonshine (base)",
  spec: paths && loadSpec({ provider: "moonshine", model: "moonshine/base-en", paths, threads: 2 }),
  needs: "the npm registry and the shared folder with recordings",
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

describe.skipIf(!tiny)("moonshine (tiny)", () => {
  const spec = loadSpec({ provider: "moonshine", paths: tiny ?? {}, threads: 2 });
  let worker: ModelWorker;
  beforeAll(async () => {
    worker = startWorker({ program: PRODUCT });
    await worker.load(spec, 60_000);
  });
  afterAll(endWorkers);

  const transcribe = async (samples: Float32Array) => {
    const speech = await worker.openSpeech(spec.model, {});
    await speech.accept(samples);
    return speech.finish();
  };

  it("hears short commands before which the network would rather end", async () => {
    expect(words((await transcribe(recording("en/what-time-is-it.wav"))).text)).toEqual([
      "what",
      "time",
      "is",
      "it",
    ]);
    expect(words((await transcribe(recording("en/nevermind.wav"))).text)).toEqual(["never", "mind"]);
  });

  it("says how sure it is", async () => {
    const clear = await transcribe(recording("en/jfk.wav"));
    const unclear = await transcribe(recording("en/activate-mood-lighting.wav"));
    expect(clear.confidence).toBeGreaterThan(unclear.confidence ?? 1);
    expect(clear.confidence).toBeLessThanOrEqual(1);
  });

  it("makes no words of noise or of the pauses between words", async () => {
    expect(await transcribe(noise(32_000, 0.1))).toEqual({ text: "" });
    expect(await transcribe(recording("en/jfk.wav").subarray(2.3 * 16_000, 3.2 * 16_000))).toEqual({
      text: "",
    });
  });
});
