import { describe, expect, it } from "vitest";
import { baseLanguage, matchLanguage, matchLanguages } from "../../src/catalog/language.js";

describe("matchLanguage", () => {
  it.each([
    ["de", "de_DE", 1],
    ["de_DE", "de-DE", 2],
    ["de_DE", "DE", 1],
    ["de_AT", "de_DE", 1],
    ["de_DE", "nl", 0],
    ["zh-Hans-CN", "zh_Hans", 2],
    ["zh", "cmn", 1],
    ["nb", "no_NO", 1],
    ["he", "iw", 1],
    ["en", "eng", 0],
  ] as const)("it rates a model's %s for %s as %i", (offered, asked, match) => {
    expect(matchLanguage(offered, asked)).toBe(match);
  });
});

describe("matchLanguages", () => {
  it("takes the best of a multilingual model's languages", () => {
    expect(matchLanguages(["en", "pt", "pt_BR"], "pt-BR")).toBe(2);
    expect(matchLanguages(["en", "pt"], "pt-BR")).toBe(1);
    expect(matchLanguages(["en", "pt"], "ru")).toBe(0);
  });

  it("lets a model without languages serve all", () => {
    expect(matchLanguages([], "sw")).toBe(1);
  });
});

describe("baseLanguage", () => {
  it("drops regions and follows renamed codes", () => {
    expect(["pt_BR", "no", "EN-us"].map(baseLanguage)).toEqual(["pt", "nb", "en"]);
  });
});
