import { describe, expect, it } from "vitest";
import { joinTranscripts } from "../../src/sessions/join-transcripts.js";

const segments = [
  { from: 0, to: 16_000 },
  { from: 32_000, to: 48_000 },
  { from: 64_000, to: 80_000 },
];

describe("joinTranscripts", () => {
  it("joins texts with single spaces and leaves out empty ones", () => {
    const parts = [{ text: " turn on" }, { text: " " }, { text: "the light " }];
    expect(joinTranscripts(parts, segments)).toEqual({ text: "turn on the light" });
  });

  it("is as sure as its least sure part, of those that know", () => {
    const parts = [{ text: "a", confidence: 0.9 }, { text: "b" }, { text: "c", confidence: 0.4 }];
    expect(joinTranscripts(parts, segments).confidence).toBe(0.4);
  });

  it("shifts word times to where their segment began and keeps the language", () => {
    const word = { text: "a", startSeconds: 0.1, endSeconds: 0.5, confidence: 0.7 };
    const parts = [{ text: "a" }, { text: "a", language: "de", words: [word] }];
    expect(joinTranscripts(parts, segments)).toEqual({
      text: "a a",
      language: "de",
      words: [{ ...word, startSeconds: 2.1, endSeconds: 2.5 }],
    });
  });

  it("is empty for no parts", () => {
    expect(joinTranscripts([], [])).toEqual({ text: "" });
  });
});
