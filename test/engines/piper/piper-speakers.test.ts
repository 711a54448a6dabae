import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { findEspeakData } from "../../../src/engines/piper/espeak-data.js";
import { LOAD_MS } from "../../contracts/subject.js";
import { LEVEL, makeSpeakersVoice } from "../../fixtures/speakers-voice.js";
import { endWorkers, loadSpec, PRODUCT, startWorker, WarningLog } from "../../fixtures/workers.js";

const canSpeak = (await findEspeakData()) !== undefined;
const dir = mkdtempSync(join(tmpdir(), "piper-speakers-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(!canSpeak)("a Piper voice with speakers (needs espeak-ng-data)", () => {
  afterEach(endWorkers);

  const load = async (settings: Readonly<Record<string, unknown>> = {}, rateHz = 16_000) => {
    const paths = await makeSpeakersVoice(join(dir, String(rateHz)), { bert: 1, anna: 0, carl: 2 }, rateHz);
    const spec = loadSpec({ provider: "piper", model: "piper/three", paths: { ...paths }, settings });
    const logger = new WarningLog();
    const worker = startWorker({ program: PRODUCT, logger });
    const loaded = await worker.load(spec, LOAD_MS);
    if (loaded.capability !== "tts") throw new Error("piper is no voice");
    /** Level of the sound above that of the scales. */
    const level = async (speaker?: string) => {
      const request = { text: "Hello.", ...(speaker === undefined ? {} : { speaker }) };
      for await (const piece of worker.synthesize(spec.model, request, new AbortController().signal)) {
        return piece[100] ?? Number.NaN;
      }
      throw new Error("nothing was said");
    };
    return { loaded, logger, level };
  };
  const scaled = (noise: number, noiseW: number) =>
    LEVEL.base + LEVEL.ofNoise * noise + LEVEL.ofNoiseW * noiseW;
  const usual = scaled(0.5, 0.25);

  it.each([16_000, 22_050])(
    "lists its speakers in order, the first one default, at %i Hz",
    async (rateHz) => {
      const { loaded, level } = await load({}, rateHz);
      expect(loaded).toEqual({ capability: "tts", rateHz, speakers: ["anna", "bert", "carl"] });
      expect(await level()).toBeCloseTo(usual, 4);
    },
  );

  it("speaks with the one asked for, and with the default for one it does not have", async () => {
    const { level } = await load();
    expect(await level("bert")).toBeCloseTo(usual + LEVEL.ofSpeaker, 4);
    expect(await level("carl")).toBeCloseTo(usual + 2 * LEVEL.ofSpeaker, 4);
    expect(await level("doris")).toBeCloseTo(usual, 4);
  });

  it("takes its default from the settings", async () => {
    const { level, logger } = await load({ default_speaker: "carl" });
    expect(await level()).toBeCloseTo(usual + 2 * LEVEL.ofSpeaker, 4);
    expect(logger.warnings).toEqual([]);
  });

  it("hands the scales of the settings to the network, and the voice's own where they are 0", async () => {
    const { level } = await load({ noise_scale: 1.5, noise_w: 0 });
    expect(await level()).toBeCloseTo(scaled(1.5, 0.25), 4);
    const { level: other } = await load({ noise_w: 2 });
    expect(await other()).toBeCloseTo(scaled(0.5, 2), 4);
  });
});
