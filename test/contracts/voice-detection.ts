import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENGINE_RATE_HZ } from "../../src/engines/capability.js";
import type { ModelWorker } from "../../src/workers/model-worker.js";
import { noise } from "../fixtures/shared-speech.js";
import { loadSpec, startWorker } from "../fixtures/workers.js";
import { LOAD_MS, programOf, type Subject, titleOf } from "./subject.js";

export interface VoiceDetectionSubject extends Subject {
  /** A recording of which more than half is speech. */
  readonly speech: () => Float32Array;
}

/** Promises every voice detector keeps, checked in a real worker. */
export function voiceDetectionContract(subject: VoiceDetectionSubject): void {
  describe.skipIf(!subject.spec)(titleOf(subject, "voice detection"), () => {
    const spec = subject.spec ?? loadSpec({ provider: "none" });
    let worker: ModelWorker;
    let frameSamples: number;

    beforeAll(async () => {
      worker = startWorker({ program: programOf(subject), name: "shared" });
      const model = await worker.load(spec, LOAD_MS);
      if (model.capability !== "vad") throw new Error(`${spec.provider} is no voice detector`);
      frameSamples = model.frameSamples;
    });
    afterAll(async () => {
      await worker.stop();
    });

    const detect = async (samples: Float32Array, pieceSize = samples.length) => {
      const detector = await worker.openVoiceDetector(spec.model);
      const found: number[] = [];
      for (let start = 0; start < samples.length; start += pieceSize) {
        found.push(...(await detector.accept(samples.subarray(start, start + pieceSize))));
      }
      detector.cancel();
      return found;
    };
    const shareOfSpeech = (found: readonly number[]) =>
      found.filter((probability) => probability > 0.5).length / found.length;

    it("gives one probability for each whole frame", async () => {
      const found = await detect(noise(10 * frameSamples + 7));
      expect(found).toHaveLength(10);
      expect(found.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
    });

    it("hears speech", async () => {
      expect(shareOfSpeech(await detect(subject.speech()))).toBeGreaterThan(0.5);
    });

    it("hears none in silence and faint noise", async () => {
      expect(shareOfSpeech(await detect(new Float32Array(2 * ENGINE_RATE_HZ)))).toBe(0);
      expect(shareOfSpeech(await detect(noise(2 * ENGINE_RATE_HZ, 0.003)))).toBeLessThan(0.1);
    });

    it("gives the same however the audio is cut", async () => {
      const speech = subject.speech().subarray(0, 20 * frameSamples);
      const whole = await detect(speech);
      for (const size of [frameSamples - 1, 160, 1999]) expect(await detect(speech, size)).toEqual(whole);
    });

    it("keeps streams apart", async () => {
      const speech = subject.speech().subarray(0, 40 * frameSamples);
      const [loud, quiet] = await Promise.all([
        detect(speech, frameSamples),
        detect(new Float32Array(speech.length), frameSamples),
      ]);
      expect(loud).toEqual(await detect(speech));
      expect(shareOfSpeech(quiet)).toBe(0);
    });

    it("takes pieces without samples", async () => {
      const detector = await worker.openVoiceDetector(spec.model);
      expect(await detector.accept(new Float32Array(0))).toEqual(new Float32Array(0));
      detector.cancel();
    });

    it("answers a stream that was cancelled as cancelled", async () => {
      const detector = await worker.openVoiceDetector(spec.model);
      detector.cancel();
      await expect(detector.accept(new Float32Array(frameSamples))).rejects.toMatchObject({
        code: "cancelled",
      });
    });
  });
}
