import { mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { LoadSpec, SpeechRequest, TextToSpeech } from "../../../src/engines/capability.js";
import { findEspeak } from "../../../src/engines/espeak/espeak-program.js";
import { loadVoskTts } from "../../../src/engines/vosk-tts/vosk-tts.js";
import { mishapContract } from "../../contracts/mishaps.js";
import { textToSpeechContract } from "../../contracts/text-to-speech.js";
import { encodeOnnx } from "../../fixtures/onnx-writer.js";
import { SyntheticVoices, type VoiceOptions } from "../../fixtures/vosk-voices.js";
import { loadSpec } from "../../fixtures/workers.js";

const voices = new SyntheticVoices();
afterAll(() => voices.remove());
const specOf = (options: VoiceOptions, settings: LoadSpec["settings"] = {}): LoadSpec => {
  const dir = voices.build(options);
  return loadSpec({
    provider: "vosk_tts",
    model: "vosk_tts/test",
    paths: { dir, model: join(dir, "model.onnx") },
    settings,
  });
};
const fileSpec = (options: VoiceOptions): LoadSpec => {
  const spec = specOf(options);
  return { ...spec, paths: { model: spec.paths["model"] ?? "" } };
};
const espeak = await findEspeak();

for (const kind of ["plain", "multistream_v1", "multistream_v2", "multistream_v3"] as const) {
  textToSpeechContract({
    name: `vosk_tts on a synthetic ${kind} voice`,
    spec: fileSpec({ kind, network: "hum", bert: kind !== "plain" }),
    needs: "nothing",
    language: "ru",
    sentence: kind === "plain" ? "На кухне включён яркий свет." : "На кухне включён очень яркий свет.",
  });
}

textToSpeechContract({
  name: "vosk_tts without files, through the system's voices",
  spec: espeak
    ? loadSpec({ provider: "vosk_tts", model: "vosk_tts/system", params: { system: true } })
    : undefined,
  needs: "espeak-ng on this machine",
  language: "ru",
  sentence: "На кухне включён яркий свет.",
});

describe("the Vosk voice", () => {
  const loaded: TextToSpeech[] = [];
  const warnings: string[] = [];
  afterEach(async () => {
    for (const voice of loaded.splice(0)) await voice.close();
    warnings.length = 0;
  });
  const load = async (spec: LoadSpec): Promise<TextToSpeech> => {
    const voice = await loadVoskTts(spec, (sentence) => warnings.push(sentence), []);
    loaded.push(voice);
    return voice;
  };
  const speak = async (voice: TextToSpeech, request: SpeechRequest): Promise<Float32Array> => {
    const all: number[] = [];
    for await (const piece of voice.synthesize(request, new AbortController().signal)) all.push(...piece);
    return Float32Array.from(all);
  };

  it("lets each speaker sound different, and the default for an unknown one, with one warning", async () => {
    const voice = await load(specOf({ network: "hum" }));
    expect(voice.speakers).toEqual(["0", "1", "2", "3", "4"]);
    const [first, third, unknown] = [
      await speak(voice, { text: "свет" }),
      await speak(voice, { text: "свет", speaker: "2" }),
      await speak(voice, { text: "свет", speaker: "nobody" }),
    ];
    await speak(voice, { text: "свет", speaker: "nobody" });
    expect(third).not.toEqual(first);
    expect(unknown).toEqual(first);
    expect(warnings).toEqual([expect.stringContaining("no speaker nobody")]);
  });

  it("names speakers as the model or the catalog does, the default of the settings first", async () => {
    const named = await load(specOf({ network: "hum", config: { speaker_id_map: { irina: 1, pavel: 0 } } }));
    expect(named.speakers).toEqual(["pavel", "irina"]);
    const spec = specOf({ network: "hum", speakers: 2 }, { default_speaker: "female" });
    const listed = await load({ ...spec, params: { speakers: ["male", "female"] } });
    expect(listed.speakers).toEqual(["female", "male"]);
    expect(await speak(listed, { text: "свет" })).toEqual(
      await speak(listed, { text: "свет", speaker: "female" }),
    );
  });

  it("speaks at the rate and speed of the settings", async () => {
    const usual = await speak(await load(specOf({ network: "hum" })), { text: "свет" });
    const settings = { sample_rate: 44_100, voice_speed: 0.5 };
    const voice = await load(specOf({ network: "hum" }, settings));
    expect(voice.rateHz).toBe(44_100);
    expect((await speak(voice, { text: "свет" })).length / usual.length).toBeCloseTo(4, 1);
  });

  it("says digits, percents and Latin words", async () => {
    const voice = await load(specOf({ network: "hum" }));
    const spelled = await speak(voice, { text: "пятьдесят процентов" });
    expect(await speak(voice, { text: "50%" })).toEqual(spelled);
    expect((await speak(voice, { text: "Wi-Fi" })).length).toBeGreaterThan(0);
  });

  it("turns the breaks of SSML into silence", async () => {
    const voice = await load(specOf({ network: "hum" }));
    const whole = await speak(voice, { text: '<speak>свет<break time="2s"/>свет</speak>', ssml: true });
    const half = await speak(voice, { text: "свет" });
    expect(whole.length).toBe(2 * half.length + 2 * voice.rateHz);
    expect(whole.subarray(half.length, half.length + 2 * voice.rateHz).every((sample) => sample === 0)).toBe(
      true,
    );
  });

  it.skipIf(!espeak)(
    "leaves other languages to the system's voices (skipped without espeak-ng)",
    async () => {
      const voice = await load(specOf({ network: "hum" }));
      const english = await speak(voice, { text: "The light is on", language: "en" });
      const russian = await speak(voice, { text: "The light is on", language: "ru" });
      expect(english.length).toBeGreaterThan(voice.rateHz / 2);
      expect(english.length).not.toBe(russian.length);
      await speak(voice, { text: "свет", language: "ja" });
      expect(warnings).toEqual([expect.stringContaining("does not speak ja")]);
    },
  );

  it.skipIf(!espeak)(
    "says a sentence by the system's voice when the network fails (skipped without espeak-ng)",
    async () => {
      // A network that takes one stream and is fed five loads well and fails at the first sentence.
      const voice = await load(
        specOf({ kind: "plain", network: "hum", config: { model_type: "multistream_v1" } }),
      );
      expect((await speak(voice, { text: "свет горит" })).length).toBeGreaterThan(voice.rateHz / 4);
      expect(warnings).toEqual([expect.stringMatching(/^Primary TTS failed, trying espeak/)]);
    },
  );

  it("refuses a folder without a voice, a broken config and a kind it cannot feed", async () => {
    const spec = specOf({});
    const dir = spec.paths["dir"] ?? "";
    const config = (content: string) => writeFileSync(join(dir, "config.json"), content);
    for (const content of [
      "",
      "nope",
      "[]",
      "{}",
      '{"phoneme_id_map": {"a": "x"}}',
      '{"phoneme_id_map": {"a": 1}}',
    ]) {
      config(content);
      await expect(load(spec)).rejects.toMatchObject({ code: "engine-load-failed" });
    }
    config('{"phoneme_id_map": {"^": 1, "$": 2}, "model_type": "multistream_v9"}');
    await expect(load(spec)).rejects.toMatchObject({ code: "engine-bad-graph", message: /multistream_v9/ });
    const empty = mkdtempSync(join(voices.root, "empty-"));
    for (const path of [empty, join(empty, "absent")]) {
      await expect(load({ ...spec, paths: { dir: path } })).rejects.toMatchObject({ message: /missing/ });
    }
    await expect(load({ ...spec, settings: { sample_rate: 8000 } })).rejects.toMatchObject({
      message: expect.stringContaining("one of 16000, 22050, 44100"),
    });
  });
});

const mishap = fileSpec({ kind: "multistream_v2", network: "hum", bert: true });
const other = join(voices.root, "other.onnx");
writeFileSync(
  other,
  encodeOnnx({
    inputs: [{ name: "x", type: "float", dims: ["N"] }],
    outputs: [{ name: "y", type: "float", dims: ["N"] }],
    nodes: [{ op: "Neg", inputs: ["x"], outputs: ["y"] }],
  }),
);
const around = (file: string) => join(dirname(mishap.paths["model"] ?? ""), file);
mishapContract({
  name: "vosk_tts on a synthetic voice",
  spec: {
    ...mishap,
    paths: {
      ...mishap.paths,
      config: around("config.json"),
      dictionary: around("dictionary"),
      bert: around("bert/model.onnx"),
      vocabulary: around("bert/vocab.txt"),
    },
  },
  needs: "nothing",
  onnxRoles: ["model", "bert"],
  otherOnnx: other,
  work: async (worker, model) => {
    for await (const _ of worker.synthesize(model, { text: "свет" }, new AbortController().signal)) break;
  },
});
