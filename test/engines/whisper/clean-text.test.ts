import { describe, expect, it } from "vitest";
import { cleanText } from "../../../src/engines/whisper/clean-text.js";

/** At two seconds the decoder is cut off after twelve tokens. */
const looped = (text: string) => cleanText(text, 12, 2);

describe("cleanText", () => {
  it("keeps what was said", () => {
    expect(cleanText(" Turn on the lights. ", 5, 2)).toBe("Turn on the lights.");
  });

  it("drops descriptions of sounds, whole or cut short", () => {
    expect(cleanText("[music]", 2, 2)).toBe("");
    expect(cleanText("(wind blowing) Hello. ♪♪ *sighs*", 9, 2)).toBe("Hello.");
    expect(cleanText("[", 1, 0.2)).toBe("");
  });

  it("keeps one of the repetitions of a decoder that was cut off", () => {
    expect(looped("Result. Result. Result. Result")).toBe("Result.");
    expect(looped("Never mind. Never mind. Never mind. Never mi")).toBe("Never mind.");
    expect(looped("И, как вам, как вам, как вам, как")).toBe("И, как вам,");
  });

  it("drops a sentence that begins again where the decoder was cut off", () => {
    expect(looped("Turn on the lamp. Turn on")).toBe("Turn on the lamp.");
    expect(looped("Turn on the lamp. Turn off")).toBe("Turn on the lamp. Turn off");
    expect(looped("turn it on and turn it")).toBe("turn it on and turn it");
    expect(looped("Is it on? Is")).toBe("Is it on? Is");
  });

  it("keeps words that follow no loop although the decoder was cut off", () => {
    expect(looped("one two three four five")).toBe("one two three four five");
  });

  it("keeps repetitions that were said", () => {
    expect(cleanText("no no no", 3, 2)).toBe("no no no");
  });
});
