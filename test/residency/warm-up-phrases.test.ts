import { describe, expect, it } from "vitest";
import { warmUpPhrase } from "../../src/residency/warm-up-phrases.js";

describe("warmUpPhrase", () => {
  it("speaks the language of the voice, however its code is written", () => {
    expect(warmUpPhrase("de_DE")).toBe("Es ist 7 Uhr.");
    expect(warmUpPhrase("DE-at")).toBe("Es ist 7 Uhr.");
    expect(warmUpPhrase("ru")).toBe("Сейчас 7 часов.");
  });

  it("falls back to English", () => {
    for (const language of [undefined, "", "tlh", "x-klingon"]) {
      expect(warmUpPhrase(language)).toBe("It is 7 o'clock.");
    }
  });

  it("has a digit in every language, so that numbers are warmed as well", () => {
    const languages =
      "ar be bg ca cs cy da de el en eo es et fa fi fr he hi hr hu id is it ja ka kk ko lb lt lv ml nb ne nl no pl pt ro ru sk sl sr sv sw tg tr tt uk uz vi zh".split(
        " ",
      );
    const phrases = languages.map(warmUpPhrase);
    for (const phrase of phrases) expect(phrase).toMatch(/7/);
    // All but English have words of their own; Norwegian has two codes.
    expect(new Set(phrases).size).toBe(languages.length - 1);
  });
});
