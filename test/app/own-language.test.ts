import { describe, expect, it } from "vitest";
import { ownLanguage, unaskedLanguage } from "../../src/app/own-language.js";
import { loadConfig } from "../../src/config/load.js";

const configured = (env: Record<string, string>) =>
  loadConfig({ env: { IRENE_LANGUAGE: "fr", ...env }, flags: new Map() }).config;

describe("ownLanguage", () => {
  it("is the provider's, also where one of its models is named", () => {
    const config = configured({ IRENE_PROVIDERS__ASR__VOSK__DEFAULT_LANGUAGE: "ru" });
    expect(ownLanguage(config, "stt", "vosk")).toBe("ru");
    expect(ownLanguage(config, "stt", "vosk/en_small")).toBe("ru");
    expect(ownLanguage(config, "stt", "whisper")).toBeUndefined();
    expect(ownLanguage(config, "stt", "auto")).toBeUndefined();
  });

  it("is none where the language is to be found out", () => {
    const config = configured({ IRENE_PROVIDERS__ASR__WHISPER__DEFAULT_LANGUAGE: "auto" });
    expect(ownLanguage(config, "stt", "whisper")).toBeUndefined();
  });
});

describe("unaskedLanguage", () => {
  it.each([
    ["", "fr"],
    ["de", "de"],
    ["auto", undefined],
  ])("with %o as default_language tells Whisper %o", (setting, told) => {
    const config = configured({ IRENE_PROVIDERS__ASR__WHISPER__DEFAULT_LANGUAGE: setting });
    expect(unaskedLanguage(config, "whisper")).toBe(told);
  });

  it("tells providers without such a setting the general language", () => {
    expect(unaskedLanguage(configured({}), "moonshine")).toBe("fr");
  });
});
