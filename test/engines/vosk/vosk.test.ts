import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadSpec, SpeechStream, SpeechToText, Transcript } from "../../../src/engines/capability.js";
import { vosk } from "../../../src/engines/vosk/vosk.js";
import { mishapContract } from "../../contracts/mishaps.js";
import { speechToTextContract } from "../../contracts/speech-to-text.js";
import { defaultSettings } from "../../fixtures/default-settings.js";
import { pieces, recording, sharedPath } from "../../fixtures/shared-speech.js";
import { flatLayout, frenchModel, grammarModel, linkedCopy } from "../../fixtures/vosk-models.js";
import { loadSpec } from "../../fixtures/workers.js";

const ENGLISH = sharedPath("models", "vosk-en");
const SPEECH = sharedPath("speech", "en");
const { ok: hasLibrary } = await vosk.available();

const spec = (dir: string, more: Partial<LoadSpec> = {}): LoadSpec => ({
  model: "vosk/test",
  provider: "vosk",
  paths: { dir },
  params: {},
  settings: {},
  threads: 2,
  arena: true,
  ...more,
});

const warnings: string[] = [];

async function load(dir: string, more?: Partial<LoadSpec>): Promise<SpeechToText> {
  const provider = await vosk.load(spec(dir, more), (sentence) => warnings.push(sentence));
  if (provider.capability !== "stt") throw new Error(`loaded ${provider.capability}`);
  return provider;
}

async function hear(stream: SpeechStream, samples: Float32Array): Promise<Transcript> {
  for (const piece of pieces(samples, 1600)) await stream.accept(piece);
  return stream.finish();
}

describe.skipIf(!ENGLISH || !SPEECH || !hasLibrary)(
  "vosk with English (needs shared vosk-en and libvosk)",
  () => {
    const folder = ENGLISH ?? "";
    let temporary: string;
    let english: SpeechToText;

    beforeAll(async () => {
      temporary = mkdtempSync(join(tmpdir(), "vosk-"));
      english = await load(folder, { params: { language: "en" } });
    });
    afterAll(async () => {
      await english?.close();
      rmSync(temporary, { recursive: true, force: true });
    });

    it("writes while audio arrives and ends with words, times and confidences", async () => {
      const stream = await english.open({});
      const partials: string[] = [];
      const settled = new Set<string>();
      for (const piece of pieces(recording("en/jfk.wav"), 1600)) {
        const partial = await stream.accept(piece);
        if (partial === undefined) continue;
        partials.push(partial.text);
        if (partial.settled !== "") settled.add(partial.settled);
      }
      const { text, words = [], confidence, language } = await stream.finish();

      expect(text).toMatch(/^and so my fellow americans .* ask what you can do for your country$/);
      expect(language).toBe("en");
      expect(partials.length).toBeGreaterThan(5);
      expect(partials.some((partial) => partial.startsWith("and so my"))).toBe(true);
      expect(partials.at(-1)?.startsWith("and so my fellow americans")).toBe(true);
      for (const begin of settled) expect(text.startsWith(begin), begin).toBe(true);
      expect(words.map((word) => word.text).join(" ")).toBe(text);
      expect(words.at(-1)?.endSeconds).toBeGreaterThan(9);
      expect(words.at(-1)?.endSeconds).toBeLessThanOrEqual(11);
      expect(confidence).toBeGreaterThan(0.6);
      expect(confidence).toBeLessThanOrEqual(1);
    });

    it("hears audio that comes all at once, as after a cold start", async () => {
      const stream = await english.open({});
      await stream.accept(recording("en/jfk.wav"));
      const { text } = await stream.finish();
      expect(text).toMatch(/^and so my fellow americans .* ask what you can do for your country$/);
    });

    it("answers with a sentence of the grammar as its author wrote it", async () => {
      const grammar = ["Turn on Standing Light", "What time is it?", "Lock the Front Door"];
      const transcript = await hear(
        await english.open({ grammar }),
        recording("en/turn-on-standing-light.wav"),
      );
      expect(transcript.text).toBe("Turn on Standing Light");
      expect(transcript.words?.map(({ text }) => text)).toEqual(["turn", "on", "standing", "light"]);
    });

    it("keeps to the grammar of its settings when an utterance brings none", async () => {
      const bound = await load(folder, { settings: { grammar: "what time is it\nlock the front door\n" } });
      const transcript = await hear(await bound.open({}), recording("en/what-time-is-it.wav"));
      await bound.close();
      expect(transcript.text).toBe("what time is it");
    });

    it("names the words of a grammar it does not know, once", async () => {
      const bound = await load(folder);
      const grammar = ["switch the zigbeelampe on", "what time is it"];
      for (let i = 0; i < 2; i++) await (await bound.open({ grammar })).cancel();
      await bound.close();
      expect(warnings).toEqual([expect.stringContaining("zigbeelampe")]);
    });

    it("serves two utterances at once, each its own text", async () => {
      const names = ["en/jfk.wav", "en/pico-test.wav"];
      const texts = await Promise.all(
        names.map(async (name) => (await hear(await english.open({}), recording(name))).text),
      );
      expect(texts[0]).toContain("for your country");
      expect(texts[1]).toContain("middle classes");
    });

    it("hears nothing in silence and in no audio at all", async () => {
      expect((await hear(await english.open({}), new Float32Array(16_000))).text).toBe("");
      expect(await (await english.open({})).finish()).toMatchObject({ text: "" });
    });

    it("lets go of an utterance in the middle of decoding", async () => {
      const stream = await english.open({});
      const decoding = stream.accept(recording("en/jfk.wav"));
      const refused = expect(decoding).rejects.toMatchObject({ code: "engine-failed" });
      await stream.cancel();
      await refused;
      await stream.cancel();
      await expect(stream.finish()).rejects.toMatchObject({ code: "engine-failed" });
      expect((await hear(await english.open({}), recording("en/pico-test.wav"))).text).toContain(
        "middle classes",
      );
    });

    it("closes with an utterance open and another being opened", async () => {
      const model = await load(folder);
      const decoding = (await model.open({})).accept(recording("en/jfk.wav")).catch((error) => error);
      const opening = model.open({}).catch((error) => error);
      await model.close();
      await model.close();
      expect(await decoding).toMatchObject({ code: "engine-failed" });
      const late = await opening;
      if ("finish" in late) await expect(late.finish()).rejects.toMatchObject({ code: "engine-failed" });
      await expect(model.open({})).rejects.toMatchObject({ code: "engine-failed" });
    });

    it("reads the flat layout of old models", async () => {
      const model = await load(flatLayout(folder, join(temporary, "flat")));
      const { text } = await hear(await model.open({}), recording("en/pico-test.wav"));
      await model.close();
      expect(text).toContain("middle classes");
    });

    for (const name of ["graph/Gr.fst", "graph/HCLr.fst", "am/final.mdl"]) {
      it(`refuses a model whose ${name} was cut short`, async () => {
        const damaged = linkedCopy(folder, join(temporary, name.replace("/", "-")), name);
        copyFileSync(join(folder, name), join(damaged, name));
        truncateSync(join(damaged, name), Math.floor(statSync(join(folder, name)).size / 2));
        await expect(load(damaged)).rejects.toMatchObject({ code: "engine-load-failed" });
      });
    }

    it("refuses a folder without a model and one that does not exist", async () => {
      await expect(load(join(folder, "conf"))).rejects.toMatchObject({ code: "engine-load-failed" });
      await expect(load(join(folder, "absent"))).rejects.toMatchObject({ code: "engine-load-failed" });
    });

    it("is unavailable with a library that is none", async () => {
      const broken = spec(folder, { settings: { library: join(folder, "README.md") } });
      await expect(vosk.load(broken, () => undefined)).rejects.toMatchObject({ code: "engine-unavailable" });
    });
  },
);

const contract = {
  name: "vosk",
  spec:
    ENGLISH && SPEECH && hasLibrary
      ? loadSpec({
          provider: "vosk",
          model: "vosk/english",
          paths: { dir: ENGLISH },
          settings: defaultSettings("asr", "vosk"),
        })
      : undefined,
  needs: "libvosk and the shared folder with vosk-en and recordings",
};

speechToTextContract({
  ...contract,
  language: "en",
  speech: () => recording("en/jfk.wav"),
  hears: ["americans", "fellow", "country"],
  otherSpeech: () => recording("en/pico-test.wav"),
  otherHears: ["middle", "classes", "gospel"],
});

mishapContract({
  ...contract,
  onnxRoles: [],
  otherOnnx: undefined,
  work: async (worker, model) => {
    const speech = await worker.openSpeech(model, {});
    await speech.accept(recording("en/jfk.wav"));
    return speech.finish();
  },
});

const french = await frenchModel();
describe.skipIf(!french || !sharedPath("speech", "fr") || !hasLibrary)(
  "vosk with French (needs the npm registry)",
  () => {
    it("hears French with its letters, from a model that keeps its words inside the graph", async () => {
      const model = await load(french ?? "", { params: { language: "fr" } });
      const grammar = ["éteins les lumières dans le Salon", "ouvre les volets", "quel temps fait-il"];
      const texts: string[] = [];
      for (const name of ["fr/teins-les-lumi-res-dans-le-salon.wav", "fr/quel-temps-fait-il.wav"]) {
        texts.push((await hear(await model.open({ grammar }), recording(name))).text);
      }
      await model.close();
      expect(texts).toEqual(["éteins les lumières dans le Salon", "quel temps fait-il"]);
    });
  },
);

const american = await grammarModel();
describe.skipIf(!american || !SPEECH || !hasLibrary)(
  "vosk with a grammar model (needs the npm registry)",
  () => {
    it("tells a sentence of the grammar from other speech by the model's unknown word", async () => {
      const model = await load(american ?? "");
      const grammar = ["turn on the standing light", "turn on standing light", "what time is it"];
      const inside = await hear(await model.open({ grammar }), recording("en/turn-on-standing-light.wav"));
      const outside = await hear(await model.open({ grammar }), recording("en/oov-4.wav"));
      await model.close();
      expect(inside.text).toMatch(/^turn on (the )?standing light$/);
      expect(outside.text).toBe("");
    });
  },
);
