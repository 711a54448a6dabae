import { describe, expect, it } from "vitest";
import { joinPieces, knownText, parsePiece } from "../../../src/engines/vosk/results.js";

const word = (text: string, confidence: number) => ({ text, startSeconds: 0, endSeconds: 1, confidence });

describe("parsePiece", () => {
  it("reads words with times in seconds and confidences", () => {
    const json = '{"result": [{"conf": 0.5, "end": 0.9, "start": 0.51, "word": "licht"}], "text": "licht"}';
    expect(parsePiece(json)).toEqual({
      text: "licht",
      words: [{ text: "licht", startSeconds: 0.51, endSeconds: 0.9, confidence: 0.5 }],
    });
  });

  it("reads a partial text and an empty result", () => {
    expect(parsePiece('{"partial": "tur"}')).toEqual({ text: "tur", words: [] });
    expect(parsePiece('{"text": ""}')).toEqual({ text: "", words: [] });
  });

  it("blames the engine for text that is not JSON", () => {
    expect(() => parsePiece("{")).toThrowError(expect.objectContaining({ code: "engine-failed" }));
  });
});

describe("knownText", () => {
  it("drops the model's word for unknown speech", () => {
    expect(knownText(["turn [unk] on", "the light"], "[unk]")).toBe("turn on the light");
  });

  it("is empty when most of the speech was unknown", () => {
    expect(knownText(["[unk] [unk] it [unk]"], "[unk]")).toBe("");
  });
});

describe("joinPieces", () => {
  it("puts the pieces between pauses together with the mean confidence of the known words", () => {
    const joined = joinPieces(
      [
        { text: "turn on", words: [word("turn", 1), word("on", 0.5)] },
        { text: "[unk] light", words: [word("[unk]", 0.1), word("light", 0.9)] },
      ],
      "[unk]",
    );
    expect(joined.text).toBe("turn on light");
    expect(joined.words?.map(({ text }) => text)).toEqual(["turn", "on", "light"]);
    expect(joined.confidence).toBeCloseTo(0.8);
  });

  it("knows no confidence when nothing was said", () => {
    expect(joinPieces([{ text: "", words: [] }], undefined)).toEqual({ text: "" });
  });
});
