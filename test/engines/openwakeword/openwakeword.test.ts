import { copyFileSync, mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadSpec, WakeDetector, WakeHit, WakeOptions } from "../../../src/engines/capability.js";
import { openwakeword } from "../../../src/engines/openwakeword/openwakeword.js";
import { FeaturePool } from "../../../src/engines/openwakeword/shared-features.js";
import { mishapContract } from "../../contracts/mishaps.js";
import { wakeContract } from "../../contracts/wake-words.js";
import { defaultSettings } from "../../fixtures/default-settings.js";
import { sileroModel } from "../../fixtures/npm-models.js";
import { pieces, recording, sharedPath } from "../../fixtures/shared-speech.js";
import { type WakeModels, wakeModels } from "../../fixtures/wake-models.js";
import { loadSpec } from "../../fixtures/workers.js";

const found = await wakeModels();
// Suites that would touch an absent file are skipped.
const models = found ?? ({} as WakeModels);
const { melspectrogram, embedding } = models;

const WORDS = ["alexa", "hey_jarvis", "hey_mycroft"] as const;
const CLIPS: Readonly<Record<(typeof WORDS)[number], string>> = {
  alexa: "en/wake-alexa.wav",
  hey_jarvis: "en/wake-hey-jarvis.wav",
  hey_mycroft: "en/wake-hey-mycroft.wav",
};
const OTHERS = ["en/wake-snowboy.wav", "en/jfk.wav", "en/oov-2.wav", "en/turn-on-standing-light.wav"];

const spec = (paths: Readonly<Record<string, string>>, params: LoadSpec["params"] = {}): LoadSpec => ({
  model: "openwakeword/test",
  provider: "openwakeword",
  paths: { melspectrogram, embedding, ...paths },
  params,
  settings: {},
  threads: 2,
  arena: false,
});

async function load(order: LoadSpec): Promise<WakeDetector> {
  const provider = await openwakeword.load(order, () => undefined);
  if (provider.capability !== "wake") throw new Error(`loaded ${provider.capability}`);
  return provider;
}

async function hits(
  detector: WakeDetector,
  samples: Float32Array,
  options: Partial<WakeOptions> = {},
): Promise<readonly WakeHit[]> {
  const stream = detector.open({
    words: [],
    threshold: 0.5,
    triggerLevel: 1,
    refractoryMs: 2000,
    ...options,
  });
  const all: WakeHit[] = [];
  for (const piece of pieces(samples, 1024)) all.push(...(await stream.accept(piece)));
  stream.cancel();
  return all;
}

describe.skipIf(!found || !sharedPath("speech", "en"))(
  "openwakeword (needs the npm registry and shared speech)",
  () => {
    let detector: WakeDetector;

    beforeAll(async () => {
      detector = await load(
        spec({
          word: models.alexa,
          "word:hey_jarvis": models.hey_jarvis,
          "word:hey_mycroft": models.hey_mycroft,
          "word:hey_rhasspy": models.hey_rhasspy,
        }),
      );
    });
    afterAll(() => detector?.close());

    it("carries several words in one model, the first named by its file", () => {
      expect(detector.words).toEqual(["alexa", "hey_jarvis", "hey_mycroft", "hey_rhasspy"]);
    });

    for (const word of WORDS) {
      it(`is sure of ${word} where it is said, and hears no other word there`, async () => {
        const samples = recording(CLIPS[word]);
        expect(await hits(detector, samples, { threshold: 0.9 })).toMatchObject([{ word }]);
        const others = [...WORDS, "hey_rhasspy"].filter((other) => other !== word);
        expect(await hits(detector, samples, { threshold: 0.3, words: others })).toEqual([]);
      });
    }

    it("does not come near a word in other speech, silence or a loud tone", async () => {
      const tone = Float32Array.from({ length: 32_000 }, (_, i) => 0.9 * Math.sin(i / 5));
      const sounds = [...OTHERS.map(recording), new Float32Array(32_000), tone];
      for (const samples of sounds) expect(await hits(detector, samples, { threshold: 0.3 })).toEqual([]);
    });

    it("hears a word said right after the stream opened", async () => {
      const samples = recording(CLIPS.alexa);
      const at = (await hits(detector, samples))[0]?.atMs ?? 0;
      // What comes before the word is cut away; the word itself takes most of a second.
      const start = Math.max(0, ((at - 900) * 16_000) / 1000);
      expect(await hits(detector, samples.subarray(start))).toMatchObject([{ word: "alexa" }]);
    });

    it("opens streams that do not disturb one another", async () => {
      const [alexa, jarvis] = await Promise.all([
        hits(detector, recording(CLIPS.alexa)),
        hits(detector, recording(CLIPS.hey_jarvis)),
      ]);
      expect([alexa, jarvis]).toMatchObject([[{ word: "alexa" }], [{ word: "hey_jarvis" }]]);
    });

    it("takes nothing in once cancelled", async () => {
      const stream = detector.open({ words: [], threshold: 0.5, triggerLevel: 1, refractoryMs: 0 });
      stream.cancel();
      expect(await stream.accept(recording(CLIPS.alexa))).toEqual([]);
    });
  },
);

const contract = {
  name: "openwakeword",
  spec:
    found && sharedPath("speech", "en")
      ? loadSpec({
          provider: "openwakeword",
          model: "openwakeword/hey_jarvis",
          paths: { melspectrogram, embedding, word: models.hey_jarvis },
          settings: defaultSettings("wake", "openwakeword"),
        })
      : undefined,
  needs: "the npm registry and the shared folder with recordings",
};

wakeContract({
  ...contract,
  word: "hey_jarvis",
  spoken: () => recording(CLIPS.hey_jarvis),
  otherSpeech: () => recording("en/jfk.wav"),
});

mishapContract({
  ...contract,
  onnxRoles: ["melspectrogram", "embedding", "word"],
  otherOnnx: (await sileroModel())?.["model"],
  work: (worker, model) =>
    worker.openWake(model, { words: [], threshold: 0.5, triggerLevel: 1, refractoryMs: 0 }),
});

describe.skipIf(!found)("openwakeword's files (needs the npm registry)", () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "wake-"));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it("name the word as the catalog says", async () => {
    const detector = await load(spec({ word: models.hey_jarvis }, { word: "Hey Jarvis" }));
    expect(detector.words).toEqual(["Hey Jarvis"]);
    await detector.close();
  });

  it("may look further back than usual", async () => {
    const detector = await load(spec({ word: models.weather }, { history: 22 }));
    expect(detector.words).toEqual(["weather"]);
    await detector.close();
    await expect(load(spec({ word: models.weather }))).rejects.toMatchObject({ code: "engine-load-failed" });
    await expect(load(spec({ word: models.weather }, { history: 0 }))).rejects.toMatchObject({
      code: "engine-load-failed",
    });
  });

  it("are refused with more than one answer, swapped, or cut short", async () => {
    const short = join(dir, "short.onnx");
    copyFileSync(models.alexa, short);
    truncateSync(short, 500_000);
    const orders = [
      spec({ word: models.timer }, { history: 34 }),
      spec({ word: models.embedding }),
      spec({ word: models.alexa, melspectrogram: embedding, embedding: melspectrogram }),
      spec({ word: short }),
      spec({}),
    ];
    for (const order of orders)
      await expect(load(order)).rejects.toMatchObject({ code: "engine-load-failed" });
  });
});

describe.skipIf(!found)("FeaturePool (needs the npm registry)", () => {
  const order = { melspectrogram, embedding, history: 4, arena: false };

  it("lends one pair of networks to all, and opens them anew once all have given them back", async () => {
    const pool = new FeaturePool();
    const [first, second] = await Promise.all([pool.take(order), pool.take(order)]);
    expect(second.quiet).toBe(first.quiet);
    await first.release();
    await first.release();
    await second.quiet.clone().hear(new Float32Array(1280));
    await second.release();
    await expect(second.quiet.clone().hear(new Float32Array(1280))).rejects.toMatchObject({
      code: "engine-failed",
    });
    const third = await pool.take(order);
    expect(third.quiet).not.toBe(first.quiet);
    await third.release();
  });

  it("does not lend what failed to open", async () => {
    const pool = new FeaturePool();
    const broken = { ...order, embedding: melspectrogram };
    await expect(pool.take(broken)).rejects.toThrow();
    await expect(pool.take(broken)).rejects.toThrow();
  });
});
