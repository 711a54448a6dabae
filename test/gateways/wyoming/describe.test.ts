import { describe, expect, it } from "vitest";
import { wakeWordsOf } from "../../../src/catalog/wake-words.js";
import { describeModels } from "../../../src/gateways/wyoming/describe.js";
import { encodeEvent } from "../../../src/protocol/wyoming/codec.js";
import { info } from "../../../src/protocol/wyoming/info.js";
import { manifest } from "../../fixtures/manifests.js";
import { PROGRAM } from "../../fixtures/wyoming-server.js";

const OPTIONS = {
  program: PROGRAM,
  endpointing: false,
  transcriptStreaming: false,
  synthesizeStreaming: true,
};

const MODELS = [
  manifest({ id: "whisper/tiny", capability: "stt", languages: ["en", "ru"], title: "Whisper tiny" }),
  manifest({ id: "vosk/small-ru", capability: "stt", languages: ["ru"] }),
  manifest({ id: "piper/ru_RU-irina-medium", capability: "tts", languages: ["ru_RU"], title: "Irina" }),
  manifest({ id: "silero/v4_ru", capability: "tts", languages: ["ru"], speakers: ["xenia", "aidar"] }),
  manifest({ id: "silero/vad", capability: "vad" }),
  manifest({ id: "openwakeword/hey_jarvis_v0.1", capability: "wake" }),
  manifest({
    id: "openwakeword/two",
    capability: "wake",
    files: [
      { role: "word", path: "computer_v2.onnx" },
      { role: "word:alexa", path: "a.onnx" },
    ],
  }),
];

const described = (models = MODELS, options = {}) =>
  info.decode(describeModels(models, { ...OPTIONS, ...options }));

describe("describeModels", () => {
  it("writes the whole info exactly so", () => {
    const models = MODELS.filter(({ id }) => /whisper|irina|jarvis/.test(id));
    const attribution = '"attribution": {"name": "Somebody", "url": "https://example.org"}';
    const own = '"attribution": {"name": "Testers", "url": "https://example.org"}';
    const body =
      `{"asr": [{"name": "Test speech", ${own}, "installed": true, "description": "Speech to text", "version": "1.2.3", ` +
      `"models": [{"name": "tiny", ${attribution}, "installed": true, "description": "Whisper tiny", "version": null, ` +
      '"languages": ["en", "ru"]}], "supports_transcript_streaming": false, "requires_external_vad": true, ' +
      '"prefers_auto_gain_enabled": true, "prefers_noise_reduction_enabled": true}], ' +
      `"tts": [{"name": "Test voice", ${own}, "installed": true, "description": "Text to speech", "version": "1.2.3", ` +
      `"voices": [{"name": "ru_RU-irina-medium", ${attribution}, "installed": true, "description": "Irina", ` +
      '"version": null, "languages": ["ru_RU"], "speakers": null}], "supports_synthesize_streaming": true}], ' +
      '"handle": [], "intent": [], ' +
      `"wake": [{"name": "Test wake", ${own}, "installed": true, "description": "Wake words", "version": "1.2.3", ` +
      `"models": [{"name": "hey_jarvis", ${attribution}, "installed": true, ` +
      '"description": "openwakeword/hey_jarvis_v0.1", "version": null, "languages": ["en"], "phrase": "hey jarvis"}]}], ' +
      '"mic": [], "snd": []}';
    expect(encodeEvent(describeModels(models, OPTIONS)).toString()).toBe(
      `{"type": "info", "version": "1.9.0", "data_length": ${Buffer.byteLength(body)}}\n${body}`,
    );
  });

  it("merges all models of a capability into one program, sorted, and never tells of a satellite", () => {
    const { asr, tts, wake, satellite } = described();
    expect(asr.map(({ models }) => models.map(({ name }) => name))).toEqual([["small-ru", "tiny"]]);
    expect(tts.map(({ voices }) => voices.map(({ name }) => name))).toEqual([
      ["ru_RU-irina-medium", "v4_ru"],
    ]);
    expect(wake.map(({ models }) => models.map(({ name }) => name))).toEqual([
      ["alexa", "computer", "hey_jarvis"],
    ]);
    expect(satellite).toBeUndefined();
  });

  it("counts everything as installed", () => {
    const text = JSON.stringify(describeModels(MODELS, OPTIONS).data);
    expect(text.match(/"installed":true/g)).toHaveLength(3 + 2 + 2 + 3);
    expect(text).not.toContain('"installed":false');
  });

  it("gives the same bytes whatever the order of the models", () => {
    const bytes = encodeEvent(describeModels(MODELS, OPTIONS));
    expect(encodeEvent(describeModels([...MODELS].reverse(), OPTIONS))).toEqual(bytes);
  });

  it("lists the speakers of a voice that has some", () => {
    const voices = described().tts[0]?.voices;
    expect(voices?.find(({ name }) => name === "v4_ru")?.speakers).toEqual([
      { name: "xenia" },
      { name: "aidar" },
    ]);
    expect(voices?.find(({ name }) => name !== "v4_ru")).not.toHaveProperty("speakers");
  });

  it("uses whole ids where two providers have a model of one name", () => {
    const models = [manifest({ id: "a/tiny" }), manifest({ id: "b/tiny" }), manifest({ id: "b/base" })];
    expect(described(models).asr[0]?.models.map(({ name }) => name)).toEqual(["a/tiny", "b/tiny", "base"]);
  });

  it("leaves out a program without models, which would be shown greyed out", () => {
    const { asr, tts, wake } = described([manifest({ id: "piper/x", capability: "tts" })]);
    expect([asr.length, tts.length, wake.length]).toEqual([0, 1, 0]);
    expect(described([])).toEqual({ asr: [], tts: [], handle: [], intent: [], wake: [], mic: [], snd: [] });
  });

  it("promises only what the options turn on", () => {
    const modest = described(MODELS, { synthesizeStreaming: false });
    expect(modest.asr[0]).toMatchObject({ requiresExternalVad: true, supportsTranscriptStreaming: false });
    expect(modest.tts[0]).toMatchObject({ supportsSynthesizeStreaming: false });
    const rich = described(MODELS, { endpointing: true, transcriptStreaming: true });
    expect(rich.asr[0]).toMatchObject({ requiresExternalVad: false, supportsTranscriptStreaming: true });
  });

  it("keeps the header line of a huge catalog short, since peers give up on long ones", () => {
    const voices = Array.from({ length: 500 }, (_, n) =>
      manifest({ id: `piper/voice-${n}`, capability: "tts" }),
    );
    const bytes = encodeEvent(describeModels(voices, OPTIONS));
    expect(bytes.length).toBeGreaterThan(64 * 1024);
    expect(bytes.indexOf("\n")).toBeLessThan(100);
  });
});

describe("wakeWordsOf", () => {
  const file = (role: string, path: string) => ({ role, path });
  it.each([
    [
      "its parameter",
      { id: "oww/x", params: { word: "alexa" }, files: [file("word", "other.onnx")] },
      ["alexa"],
    ],
    ["its file", { id: "oww/x", files: [file("word", "models/hey_jarvis_v0.1.onnx")] }, ["hey_jarvis"]],
    ["itself", { id: "oww/alexa_v0.1", files: [] }, ["alexa"]],
    [
      "the roles of further files",
      { id: "oww/a", files: [file("word:b", "b.onnx"), file("word:c", "c.onnx")] },
      ["a", "b", "c"],
    ],
  ])("names words after %s", (_, parts, words) => {
    expect(wakeWordsOf(manifest({ ...parts, capability: "wake" }))).toEqual(words);
  });
});
