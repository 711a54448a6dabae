import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { concatSamples } from "../../../src/audio/resample.js";
import type { LoadSpec } from "../../../src/engines/capability.js";
import { OFFLINE_FAMILIES } from "../../../src/engines/sherpa-models/offline-families.js";
import { sherpa } from "../../../src/engines/sherpa-models/sherpa.js";
import { mishapContract } from "../../contracts/mishaps.js";
import { speechToTextContract } from "../../contracts/speech-to-text.js";
import { LOAD_MS } from "../../contracts/subject.js";
import { defaultSettings } from "../../fixtures/default-settings.js";
import { onnxFile } from "../../fixtures/tiny-onnx.js";
import { TONE_HERTZ, TONE_NETWORKS, type ToneFamily, writeToneModel } from "../../fixtures/tone-models.js";
import { sine } from "../../fixtures/tones.js";
import { endWorkers, loadSpec, PRODUCT, startWorker } from "../../fixtures/workers.js";

const { ok: canRun } = await sherpa.available();
const NEEDS = "sherpa-onnx-node for this machine";
const dir = mkdtempSync(join(tmpdir(), "sherpa-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const specOf = (family: ToneFamily, paths = writeToneModel(join(dir, family), family)): LoadSpec =>
  loadSpec({
    provider: "sherpa",
    model: `sherpa/${family}`,
    paths,
    params: { family, language: "en" },
    settings: defaultSettings("asr", "sherpa"),
  });

const tone = (hertz: number) => sine(hertz, 16_000, 8000);
const pause = new Float32Array(14_400);
/** What is said in tones, with pauses around. */
const said = (...words: readonly (keyof typeof TONE_HERTZ)[]) =>
  concatSamples([pause, ...words.flatMap((word) => [tone(TONE_HERTZ[word]), pause])]);

describe.skipIf(!canRun)(`sherpa (needs ${NEEDS})`, () => {
  afterEach(endWorkers);

  async function hear(spec: LoadSpec, samples: Float32Array) {
    const worker = startWorker({ program: PRODUCT });
    const loaded = await worker.load(spec, LOAD_MS);
    const speech = await worker.openSpeech(spec.model, {});
    const partials: string[] = [];
    const settled: string[] = [];
    for (let start = 0; start < samples.length; start += 1600) {
      const partial = await speech.accept(samples.subarray(start, start + 1600));
      if (partial !== undefined) partials.push(partial.text);
      if (partial !== undefined) settled.push(partial.settled);
    }
    const transcript = await speech.finish();
    for (const begin of settled) expect(transcript.text.startsWith(begin), begin).toBe(true);
    return { loaded, partials, transcript };
  }

  for (const family of Object.keys(TONE_NETWORKS) as ToneFamily[]) {
    // This one hears loudness alone.
    const heard = family === "t-one" ? "low low low" : "low high low";
    it(`takes a model of the family ${family} from samples to text`, async () => {
      const { loaded, partials, transcript } = await hear(specOf(family), said("low", "high", "low"));
      const streams = !(family in OFFLINE_FAMILIES);
      expect(transcript).toEqual({ text: heard, language: "en" });
      expect(loaded).toEqual({
        capability: "stt",
        streaming: streams,
        ...(streams ? {} : { maxSamples: 480_000 }),
      });
      const growing = ["low", heard.slice(0, heard.lastIndexOf(" ")), heard];
      expect(partials).toEqual(streams ? growing : []);
    });
  }

  it("decodes longer audio in pieces of the length its catalog entry allows", async () => {
    const spec = specOf("zipformer-ctc");
    const { loaded, transcript } = await hear(
      { ...spec, params: { ...spec.params, max_seconds: 2 } },
      said("high", "low", "high"),
    );
    expect(loaded).toMatchObject({ maxSamples: 32_000 });
    expect(transcript.text).toMatch(/^high .*low.* high$/);
  });
});

describe("sherpa's catalog entries", () => {
  const load = (spec: LoadSpec) => sherpa.load(spec, () => undefined);

  it("name a family there is", async () => {
    for (const family of ["bagpipe", "toString", undefined]) {
      const spec = { ...specOf("transducer"), params: { family } };
      await expect(load(spec)).rejects.toMatchObject({
        code: "engine-load-failed",
        message: /nemo-ctc.*t-one/,
      });
    }
  });

  it("allow a sensible length", async () => {
    for (const max_seconds of ["30", 0, 1e9, Number.NaN]) {
      const spec = specOf("zipformer-ctc");
      await expect(load({ ...spec, params: { ...spec.params, max_seconds } })).rejects.toMatchObject({
        code: "engine-load-failed",
        message: /max_seconds/,
      });
    }
  });
});

describe("sherpa's files", () => {
  const load = (spec: LoadSpec) => sherpa.load(spec, () => undefined);
  const refused = (message: RegExp) =>
    expect.objectContaining({ code: "engine-load-failed", message: expect.stringMatching(message) });

  it("are refused without the metadata their family needs", async () => {
    for (const family of [
      "nemo-transducer",
      "nemo-ctc",
      "dolphin-ctc",
      "paraformer",
      "sense-voice",
      "t-one",
    ]) {
      const paths = writeToneModel(join(dir, "bare"), "zipformer-ctc");
      const spec = { ...specOf("zipformer-ctc"), params: { family } };
      const roles = { ...paths, encoder: paths["model"] ?? "" };
      await expect(load({ ...spec, paths: roles })).rejects.toThrowError(
        refused(/without the metadata entry/),
      );
    }
  });

  it("are refused when they are of another type than the family has", async () => {
    const spec = specOf("streaming-transducer");
    const network = TONE_NETWORKS["streaming-transducer"].encoder;
    const paths = writeToneModel(join(dir, "other-type"), "streaming-transducer");
    const metadata = { ...network.metadata, model_type: "whisper" };
    writeFileSync(paths["encoder"] ?? "", onnxFile({ ...network, metadata }));
    await expect(load({ ...spec, paths })).rejects.toThrowError(refused(/model_type is "whisper"/));
  });

  it("are refused when two of them were swapped", async () => {
    const { encoder = "", decoder = "", joiner = "", tokens = "" } = specOf("transducer").paths;
    for (const paths of [
      { encoder: joiner, decoder, joiner: encoder, tokens },
      { encoder, decoder: joiner, joiner: decoder, tokens },
      { encoder: tokens, decoder, joiner, tokens },
    ]) {
      await expect(load(specOf("transducer", paths))).rejects.toThrowError(refused(/cannot be used/));
    }
  });

  it("are refused when the tokens have no blank", async () => {
    const paths = writeToneModel(join(dir, "no-blank"), "zipformer-ctc");
    writeFileSync(paths["tokens"] ?? "", "▁A 0\n▁B 1\n▁C 2\n");
    await expect(load(specOf("zipformer-ctc", paths))).rejects.toThrowError(refused(/no blank/));
  });
});

for (const family of ["transducer", "streaming-transducer"] as const) {
  const subject = { name: `sherpa (${family})`, spec: canRun ? specOf(family) : undefined, needs: NEEDS };

  speechToTextContract({
    ...subject,
    language: "en",
    speech: () => said("low", "high"),
    hears: ["high", "low"],
    otherSpeech: () => said("high"),
    otherHears: ["high"],
  });

  const other = join(dir, "other.onnx");
  copyFileSync(specOf("t-one").paths["model"] ?? "", other);
  mishapContract({
    ...subject,
    onnxRoles: ["encoder", "decoder", "joiner"],
    otherOnnx: other,
    work: async (worker, model) => {
      const speech = await worker.openSpeech(model, {});
      await speech.accept(said("low"));
      return speech.finish();
    },
  });
}
