import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENGINE_RATE_HZ, type WakeHit, type WakeOptions } from "../../src/engines/capability.js";
import type { ModelWorker } from "../../src/workers/model-worker.js";
import { noise } from "../fixtures/shared-speech.js";
import { loadSpec, startWorker } from "../fixtures/workers.js";
import { LOAD_MS, programOf, type Subject, titleOf } from "./subject.js";

export interface WakeSubject extends Subject {
  /** One of the model's words. */
  readonly word: string;
  /** A recording that holds it once. */
  readonly spoken: () => Float32Array;
  /** Several seconds that do not hold it. */
  readonly otherSpeech: () => Float32Array;
}

const OPTIONS: WakeOptions = { words: [], threshold: 0.5, triggerLevel: 1, refractoryMs: 2000 };

/** Promises every wake-word detector keeps, checked in a real worker. */
export function wakeContract(subject: WakeSubject): void {
  describe.skipIf(!subject.spec)(titleOf(subject, "wake words"), () => {
    const spec = subject.spec ?? loadSpec({ provider: "none" });
    const { word } = subject;
    let worker: ModelWorker;
    let known: readonly string[];

    beforeAll(async () => {
      worker = startWorker({ program: programOf(subject), name: "shared" });
      const model = await worker.load(spec, LOAD_MS);
      if (model.capability !== "wake") throw new Error(`${spec.provider} hears no wake words`);
      known = model.words;
    });
    afterAll(async () => {
      await worker.stop();
    });

    const listen = async (samples: Float32Array, options: Partial<WakeOptions> = {}, pieceSize = 1024) => {
      const wake = await worker.openWake(spec.model, { ...OPTIONS, ...options });
      const hits: WakeHit[] = [];
      for (let start = 0; start < samples.length; start += pieceSize) {
        hits.push(...(await wake.accept(samples.subarray(start, start + pieceSize))));
      }
      wake.cancel();
      return hits;
    };
    /** Some silence around, as a room has. */
    const inRoom = (...parts: readonly Float32Array[]) => {
      const pause = noise(ENGINE_RATE_HZ, 0.001);
      return Float32Array.from(
        [pause, ...parts.flatMap((part) => [part, pause])].flatMap((part) => [...part]),
      );
    };

    it("knows its words", () => {
      expect(known).toContain(word);
    });

    it("hears its word once where it is said once", async () => {
      const hits = await listen(inRoom(subject.spoken()));
      expect(hits.map((hit) => hit.word)).toEqual([word]);
      expect(hits[0]?.score).toBeGreaterThanOrEqual(OPTIONS.threshold);
      expect(hits[0]?.score).toBeLessThanOrEqual(1);
    });

    it("says when it was", async () => {
      const room = inRoom(subject.spoken());
      const [hit] = await listen(room);
      expect(hit?.atMs).toBeGreaterThan(1000);
      expect(hit?.atMs).toBeLessThanOrEqual((1000 * room.length) / ENGINE_RATE_HZ);
    });

    it("hears it again once the refractory time is over", async () => {
      const twice = inRoom(subject.spoken(), new Float32Array(2 * ENGINE_RATE_HZ), subject.spoken());
      expect(await listen(twice)).toHaveLength(2);
      expect(await listen(twice, { refractoryMs: 60_000 })).toHaveLength(1);
    });

    it("does not hear it in other speech, silence or noise", async () => {
      expect(await listen(subject.otherSpeech())).toEqual([]);
      expect(await listen(new Float32Array(3 * ENGINE_RATE_HZ))).toEqual([]);
      expect(await listen(noise(3 * ENGINE_RATE_HZ, 0.01))).toEqual([]);
    });

    it("hears only the words it was asked for", async () => {
      const room = inRoom(subject.spoken());
      expect(await listen(room, { words: [word] })).toHaveLength(1);
      expect(await listen(room, { words: ["no such word"] })).toEqual([]);
    });

    it("hears it however the audio is cut", async () => {
      const room = inRoom(subject.spoken());
      for (const size of [160, 1999, room.length]) expect(await listen(room, {}, size)).toHaveLength(1);
    });

    it("keeps streams apart", async () => {
      const room = inRoom(subject.spoken());
      const [spoken, silent] = await Promise.all([listen(room), listen(new Float32Array(room.length))]);
      expect(spoken).toHaveLength(1);
      expect(silent).toEqual([]);
    });
  });
}
