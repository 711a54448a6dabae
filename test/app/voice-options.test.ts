import { describe, expect, it } from "vitest";
import { voiceOptions } from "../../src/app/voice-options.js";
import { Catalog } from "../../src/catalog/catalog.js";
import { buildConfig } from "../../src/config/check.js";

const optionsFor = (...layers: readonly object[]) =>
  voiceOptions(buildConfig(layers), new Catalog([]), new Set());

describe("voiceOptions", () => {
  it("lets no models race unless several are named", () => {
    expect(optionsFor({}).racing).toBeUndefined();
    expect(optionsFor({ stt: "whisper" }).racing).toBeUndefined();
    expect(optionsFor({ stt: ["whisper"] }).racing).toBeUndefined();
  });

  it.each([
    ["a list", ["vosk", "whisper/tiny"]],
    ["one line, as the environment and the options page have it", "vosk, whisper/tiny"],
  ])("ranks the models of %s", (_, stt) => {
    const racing = { patience_seconds: 1.5, min_confidence: 0.8 };
    expect(optionsFor({ stt, racing }).racing).toEqual({
      ranked: ["vosk", "whisper/tiny"],
      patienceMs: 1_500,
      minConfidence: 0.8,
    });
  });

  it("refuses what names no model", () => {
    expect(() => optionsFor({ stt: [] })).toThrow(/stt: must be a name or a list of names/);
    expect(() => optionsFor({ stt: [7] })).toThrow(/stt: must be/);
  });

  it("bounds the work at once and the queue", () => {
    expect(optionsFor({})).toMatchObject({ maxWaiting: 64 });
    expect(optionsFor({}).parallel).toBeGreaterThanOrEqual(4);
    expect(optionsFor({ max_parallel: 2, max_waiting: 0 })).toMatchObject({ parallel: 2, maxWaiting: 0 });
  });

  it("writes texts as the settings want them", () => {
    expect(optionsFor({ text: { case: "lower", punctuation: false, numbers: "digits" } }).textStyle).toEqual({
      letters: "lower",
      punctuation: false,
      numbers: "digits",
    });
  });
});
