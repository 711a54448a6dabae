import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineError, SessionError } from "../../src/base/errors.js";
import { ENGINE_RATE_HZ, type TranscribeOptions, type Transcript } from "../../src/engines/capability.js";
import type { LoadedModel, ModelWorker } from "../../src/workers/model-worker.js";
import { noise, repeated, words } from "../fixtures/shared-speech.js";
import { loadSpec, startWorker } from "../fixtures/workers.js";
import { LOAD_MS, programOf, type Subject, titleOf } from "./subject.js";

export interface SpeechToTextSubject extends Subject {
  /** A language the model understands. */
  readonly language: string;
  /** A recording of one to fifteen seconds, read when the suite runs. */
  readonly speech: () => Float32Array;
  /** Words the model must hear in it. */
  readonly hears: readonly string[];
  /** A shorter recording with other words. */
  readonly otherSpeech: () => Float32Array;
  readonly otherHears: readonly string[];
}

/** Promises every speech-to-text provider keeps, checked in a real worker. */
export function speechToTextContract(subject: SpeechToTextSubject): void {
  describe.skipIf(!subject.spec)(titleOf(subject, "speech to text"), () => {
    const spec = subject.spec ?? loadSpec({ provider: "none" });
    const { language } = subject;
    let worker: ModelWorker;
    let loaded: LoadedModel;

    beforeAll(async () => {
      worker = startWorker({ program: programOf(subject) });
      loaded = await worker.load(spec, LOAD_MS);
    });
    afterAll(async () => {
      await worker.stop();
    });

    const transcribe = async (
      pieces: readonly Float32Array[],
      options: TranscribeOptions = { language },
    ): Promise<Transcript> => {
      const speech = await worker.openSpeech(spec.model, options);
      for (const piece of pieces) await speech.accept(piece);
      return speech.finish();
    };
    const expectWords = ({ text }: Transcript, expected: readonly string[]) =>
      expect(words(text)).toEqual(expect.arrayContaining([...expected]));

    it("says what it can do", () => {
      expect(loaded).toMatchObject({ capability: "stt", streaming: expect.any(Boolean) });
    });

    it("hears the words of a recording", async () => {
      expectWords(await transcribe([subject.speech()]), subject.hears);
    });

    it("hears them in pieces as well", async () => {
      expectWords(await transcribe(cut(subject.speech(), 0.064 * ENGINE_RATE_HZ)), subject.hears);
    });

    it("gives no text without audio", async () => {
      expect((await transcribe([])).text).toBe("");
      expect((await transcribe([new Float32Array(0)])).text).toBe("");
    });

    it("gives no text for a moment too short for a word", async () => {
      for (const samples of [1, 10, 399, 800]) {
        expect((await transcribe([noise(samples)])).text).toBe("");
      }
    });

    it("gives no text for silence", async () => {
      expect((await transcribe([new Float32Array(2 * ENGINE_RATE_HZ)])).text).toBe("");
    });

    it("keeps utterances that overlap in time apart", async () => {
      const [first, second] = await Promise.all([
        worker.openSpeech(spec.model, { language }),
        worker.openSpeech(spec.model, { language }),
      ]);
      const [long, short] = [subject.speech(), subject.otherSpeech()];
      for (const piece of cut(long, 16_000)) await first.accept(piece);
      for (const piece of cut(short, 16_000)) await second.accept(piece);
      const [one, other] = await Promise.all([first.finish(), second.finish()]);
      expectWords(one, subject.hears);
      expectWords(other, subject.otherHears);
    });

    it("goes on after an utterance was cancelled midway", async () => {
      const speech = await worker.openSpeech(spec.model, { language });
      await speech.accept(subject.speech());
      speech.cancel();
      await expect(speech.finish()).rejects.toBeInstanceOf(SessionError);
      expectWords(await transcribe([subject.otherSpeech()]), subject.otherHears);
    });

    it("goes on after an utterance was cancelled while it was decoded", async () => {
      const speech = await worker.openSpeech(spec.model, { language });
      await speech.accept(subject.speech());
      const finish = speech.finish();
      speech.cancel();
      await finish.catch((error: unknown) => expect(error).toBeInstanceOf(SessionError));
      expectWords(await transcribe([subject.otherSpeech()]), subject.otherHears);
    });

    it("answers or refuses a language nobody speaks, and goes on", async () => {
      for (const unknown of ["xx", "english", ""]) {
        await transcribe([subject.otherSpeech()], { language: unknown }).catch((error: unknown) =>
          expect(error).toBeInstanceOf(EngineError),
        );
      }
      expectWords(await transcribe([subject.otherSpeech()], {}), subject.otherHears);
    });

    it("takes the language with a region", async () => {
      const region = { language: `${language}-${language.toUpperCase()}` };
      expectWords(await transcribe([subject.otherSpeech()], region), subject.otherHears);
    });

    it("hears all of an utterance longer than it does well in one piece", async () => {
      const times = Math.ceil((35 * ENGINE_RATE_HZ) / subject.speech().length);
      const { text } = await transcribe([repeated(subject.speech(), times)]);
      const heard = words(text);
      const [rare = ""] = subject.hears;
      expect(heard.filter((word) => word === rare).length).toBeGreaterThanOrEqual(times - 1);
    });

    it("survives samples that are no sound", async () => {
      const wild = noise(ENGINE_RATE_HZ, 1e6);
      wild.fill(Number.NaN, 1000, 2000).fill(Number.POSITIVE_INFINITY, 3000, 3100);
      await transcribe([wild]).catch((error: unknown) => expect(error).toBeInstanceOf(EngineError));
      expectWords(await transcribe([subject.otherSpeech()]), subject.otherHears);
    });
  });
}

/** The audio in pieces of that many samples. */
function cut(samples: Float32Array, size: number): readonly Float32Array[] {
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, index) =>
    samples.subarray(index * size, (index + 1) * size),
  );
}
