import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SpeechRequest } from "../../src/engines/capability.js";
import type { LoadedModel, ModelWorker } from "../../src/workers/model-worker.js";
import { loadSpec, startWorker } from "../fixtures/workers.js";
import { LOAD_MS, programOf, type Subject, titleOf } from "./subject.js";

export interface TextToSpeechSubject extends Subject {
  readonly language: string;
  /** A sentence of about two seconds. */
  readonly sentence: string;
}

/** Promises every text-to-speech provider keeps, checked in a real worker. */
export function textToSpeechContract(subject: TextToSpeechSubject): void {
  describe.skipIf(!subject.spec)(titleOf(subject, "text to speech"), () => {
    const spec = subject.spec ?? loadSpec({ provider: "none" });
    const { sentence, language } = subject;
    let worker: ModelWorker;
    let loaded: Extract<LoadedModel, { capability: "tts" }>;

    beforeAll(async () => {
      worker = startWorker({ program: programOf(subject) });
      const model = await worker.load(spec, LOAD_MS);
      if (model.capability !== "tts") throw new Error(`${spec.provider} is no voice`);
      loaded = model;
    });
    afterAll(async () => {
      await worker.stop();
    });

    const speak = async (request: Partial<SpeechRequest> = {}): Promise<Float32Array> => {
      const order = { text: sentence, language, ...request };
      const chunks: Float32Array[] = [];
      for await (const chunk of worker.synthesize(spec.model, order, new AbortController().signal)) {
        chunks.push(chunk);
      }
      return Float32Array.from(chunks.flatMap((chunk) => [...chunk]));
    };
    const secondsOf = (samples: Float32Array) => samples.length / loaded.rateHz;

    it("says its rate and speakers", () => {
      expect(loaded.rateHz).toBeGreaterThanOrEqual(8000);
      expect(loaded.rateHz).toBeLessThanOrEqual(48_000);
      expect(loaded.speakers.every((speaker) => speaker !== "")).toBe(true);
    });

    it("speaks a sentence audibly, in range, and about as long as it takes to say", async () => {
      const samples = await speak();
      expect(secondsOf(samples)).toBeGreaterThan(0.7);
      expect(secondsOf(samples)).toBeLessThan(6);
      expect(loudness(samples)).toBeGreaterThan(0.01);
      expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
    });

    it("says nothing where there is nothing to say", async () => {
      for (const text of ["", "   ", "...", "?!", "\n"]) expect((await speak({ text })).length).toBe(0);
    });

    it("takes longer over several sentences", async () => {
      const one = secondsOf(await speak());
      const three = secondsOf(await speak({ text: `${sentence} ${sentence} ${sentence}` }));
      expect(three).toBeGreaterThan(2 * one);
    });

    it("speaks faster and slower", async () => {
      const [fast, slow] = [await speak({ speed: 1.6 }), await speak({ speed: 0.7 })];
      expect(slow.length).toBeGreaterThan(1.4 * fast.length);
    });

    it("uses its default for a speaker or language it does not have", async () => {
      expect(secondsOf(await speak({ speaker: "nobody", language: "xx" }))).toBeGreaterThan(0.5);
    });

    it("takes text that looks like an option, a path or a program", async () => {
      for (const text of ["-h", "--help me", "/etc/passwd", "$(reboot) now", "<b>bold</b>"]) {
        expect(secondsOf(await speak({ text }))).toBeGreaterThan(0.1);
      }
    });

    it("survives text that is not well formed", async () => {
      await speak({ text: `broken \ud800 pair \u0000 and zero` });
      expect(secondsOf(await speak())).toBeGreaterThan(0.7);
    });

    it("stops when the listener leaves, and speaks again", async () => {
      const text = `${sentence} `.repeat(200);
      for await (const chunk of worker.synthesize(
        spec.model,
        { text, language },
        new AbortController().signal,
      )) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect(secondsOf(await speak())).toBeGreaterThan(0.7);
    });

    it("ends early when the signal aborts", async () => {
      const abort = new AbortController();
      const text = `${sentence} `.repeat(200);
      let seconds = 0;
      for await (const chunk of worker.synthesize(spec.model, { text, language }, abort.signal)) {
        seconds += chunk.length / loaded.rateHz;
        abort.abort();
      }
      expect(seconds).toBeLessThan(20);
      expect(secondsOf(await speak())).toBeGreaterThan(0.7);
    });

    it("serves two listeners at once", async () => {
      const [one, other] = await Promise.all([speak(), speak({ text: `${sentence} ${sentence}` })]);
      expect(secondsOf(other)).toBeGreaterThan(secondsOf(one));
    });
  });
}

/** Root mean square. */
function loudness(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}
