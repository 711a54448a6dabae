import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecentSteps } from "../../../src/engines/openwakeword/recent-steps.js";
import { SpeechFeatures } from "../../../src/engines/openwakeword/speech-features.js";

const HISTORY = 2;

/** A network whose answer depends on all it is given, and which counts how often it is asked. */
function network(size: number) {
  let runs = 0;
  const session = {
    inputNames: ["in"],
    outputNames: ["out"],
    inputShape: () => [1, "samples"],
    run: async (inputs: Readonly<Record<string, { readonly data: unknown }>>) => {
      runs += 1;
      const data = inputs["in"]?.data;
      if (!(data instanceof Float32Array)) throw new Error("no numbers");
      const sum = data.reduce((all, value, at) => all + value * ((at % 7) + 1), 0);
      return { out: { data: Float32Array.from({ length: size }, (_, n) => sum / (n + 1)), dims: [size] } };
    },
    release: async () => undefined,
  };
  return { session, runs: () => runs };
}

async function networks(isUseful = true) {
  const [mels, embedding] = [network(8 * 32), network(96)];
  const quiet = await SpeechFeatures.inQuietRoom(
    { melspectrogram: mels.session, embedding: embedding.session },
    HISTORY,
    new RecentSteps(() => isUseful),
  );
  const [melRuns, embeddingRuns] = [mels.runs(), embedding.runs()];
  return { quiet, runs: () => [mels.runs() - melRuns, embedding.runs() - embeddingRuns] };
}

const frame = (seed: number) => Float32Array.from({ length: 1280 }, (_, n) => Math.sin(n * seed) / 2);
const heard = (features: SpeechFeatures) => [...features.newest(HISTORY)];

describe("streams with the same audio", () => {
  it("have each frame worked out once, whichever comes first", async () => {
    const { quiet, runs } = await networks();
    const [one, other] = [quiet.clone(), quiet.clone()];
    for (let n = 1; n <= 5; n += 1) await Promise.all([one.hear(frame(n)), other.hear(frame(n))]);
    await one.hear(frame(6));
    await one.hear(frame(7));
    await other.hear(frame(6));
    await other.hear(frame(7));
    expect(runs()).toEqual([7, 7]);
    expect(heard(other)).toEqual(heard(one));
  });

  it("go their own ways once their audio differs", async () => {
    const { quiet, runs } = await networks();
    const [one, other] = [quiet.clone(), quiet.clone()];
    for (const features of [one, other]) await features.hear(frame(1));
    await one.hear(frame(2));
    await other.hear(frame(3));
    for (const features of [one, other]) await features.hear(frame(4));
    expect(runs()).toEqual([5, 5]);
    expect(heard(other)).not.toEqual(heard(one));
  });

  it("share nothing while nobody else could hear the same", async () => {
    const { quiet, runs } = await networks(false);
    for (const features of [quiet.clone(), quiet.clone()]) await features.hear(frame(1));
    expect(runs()).toEqual([2, 2]);
  });

  it("hear exactly what each would hear alone, however they are mixed", async () => {
    const { quiet } = await networks();
    const alone = await networks(false);
    const order = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 3 })), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(order, async (steps) => {
        const mixed = [quiet.clone(), quiet.clone(), quiet.clone()];
        const own = mixed.map(() => alone.quiet.clone());
        for (const [which, seed] of steps) {
          await mixed[which]?.hear(frame(seed));
          await own[which]?.hear(frame(seed));
        }
        expect(mixed.map(heard)).toEqual(own.map(heard));
      }),
      { numRuns: 30 },
    );
  });

  it("are not held up by a step that failed for another", async () => {
    const steps = new RecentSteps(() => true);
    const state = { audio: frame(1), spectra: frame(1), embeddings: frame(1) };
    await expect(
      steps.take(state, frame(2), async () => {
        throw new Error("the network broke");
      }),
    ).rejects.toThrow("the network broke");
    expect(await steps.take(state, frame(2), async () => state)).toBe(state);
  });

  it("keep a bounded number of steps", async () => {
    const steps = new RecentSteps(() => true);
    const states = Array.from({ length: 100 }, (_, n) => ({
      audio: frame(n),
      spectra: frame(n),
      embeddings: frame(n),
    }));
    let made = 0;
    for (const state of [...states, ...states.toReversed()]) {
      await steps.take(state, frame(1), async () => {
        made += 1;
        return state;
      });
    }
    expect(made).toBe(100 + 100 - 64);
  });
});
