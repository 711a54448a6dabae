import { describe, expect, it } from "vitest";
import { detectScript, guessLanguage } from "../../src/text/detect-script.js";

describe("detectScript", () => {
  it.each([
    ["Включи свет", "cyrillic"],
    ["Turn on the light", "latin"],
    ["Включи Wi-Fi на кухне", "cyrillic"],
    ["Γειά σου", "greek"],
    ["日本語です", "kana"],
    ["你好", "han"],
    ["안녕", "hangul"],
    ["42 %", undefined],
  ])("finds in %s %s", (text, script) => {
    expect(detectScript(text)).toBe(script);
  });
});

describe("guessLanguage", () => {
  const voices = ["en_US", "ru", "uk", "de_DE", "fr", "es"];
  it.each([
    ["Turn on the light in the kitchen", "en_US"],
    ["Включи свет на кухне", "ru"],
    ["Увімкни світло на кухні", "uk"],
    ["Schalte das Licht in der Küche an", "de_DE"],
    ["Allume la lumière dans le salon", "fr"],
    ["Enciende la luz de la cocina", "es"],
    ["12:30", "en_US"],
  ])("hears %s as %s", (text, code) => {
    expect(guessLanguage(text, voices)).toBe(code);
  });
  it("takes the most welcome language when nothing tells", () => {
    expect(guessLanguage("Kitchen", ["de", "en"])).toBe("de");
  });
  it("offers nothing for a script none of the languages is written in", () => {
    expect(guessLanguage("Привет", ["en", "de"])).toBeUndefined();
    expect(guessLanguage("hello", ["ru"])).toBeUndefined();
  });
});
