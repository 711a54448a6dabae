import { describe, expect, it } from "vitest";
import { languagesOf, whisperCode } from "../../../src/engines/whisper/languages.js";

const facts = (metadata: Record<string, string>) => ({
  metadata: new Map(Object.entries(metadata)),
  inputs: [],
  outputs: [],
});
const multilingual = languagesOf(facts({ is_multilingual: "1", all_language_codes: "en,de,zh,pt,no,tl,he" }));

describe("whisperCode", () => {
  it("takes codes as peers write them", () => {
    for (const [asked, code] of [
      ["de", "de"],
      ["de-CH", "de"],
      ["pt_BR", "pt"],
      ["zh-Hans-CN", "zh"],
      ["EN", "en"],
      ["nb_NO", "no"],
      ["fil", "tl"],
      ["", ""],
    ] as const) {
      expect(whisperCode(multilingual, asked)).toBe(code);
    }
  });

  it("lets no code through that the model does not know", () => {
    for (const asked of ["xx", "english", "-"]) {
      expect(() => whisperCode(multilingual, asked)).toThrow(
        expect.objectContaining({ code: "engine-failed" }),
      );
    }
  });

  it("gives a model of English only no language at all", () => {
    expect(whisperCode(languagesOf(facts({ is_multilingual: "0" })), "de")).toBe("");
  });
});
