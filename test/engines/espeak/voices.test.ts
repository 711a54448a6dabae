import { describe, expect, it } from "vitest";
import { parseVoices } from "../../../src/engines/espeak/voices.js";

const LISTING = `Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  af              --/M      Afrikaans          gmw/af
 5  cmn             --/M      Chinese_(Mandarin,_latin_as_English) sit/cmn              (zh-cmn 5)(zh 5)
 5  en-029          --/M      English_(Caribbean) gmw/en-029           (en 10)
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 5  fr-fr           --/M      French_(France)    roa/fr               (fr 5)
 5  vi-vn-x-south   --/M      Vietnamese_(Southern) aav/vi-VN-x-south
`;

describe("parseVoices", () => {
  const voices = parseVoices(LISTING, "en-us");

  it("lists the languages, the preferred one first", () => {
    expect(voices.codes).toEqual(["en-us", "af", "cmn", "en-029", "en-gb", "fr-fr", "vi-vn-x-south"]);
  });

  it("finds a voice by language, region, other name, or the nearest there is", () => {
    for (const [language, voice] of [
      ["en_US", "en-us"],
      ["en", "en-gb"],
      ["en_AU", "en-gb"],
      ["zh_CN", "cmn"],
      ["fr", "fr-fr"],
      ["fr_CA", "fr-fr"],
      ["vi", "vi-vn-x-south"],
      ["af", "af"],
    ] as const) {
      expect(voices.find(language)).toBe(voice);
    }
    expect(voices.find("xx")).toBeUndefined();
  });

  it("has none where the program lists none", () => {
    expect(parseVoices("", "en-us").codes).toEqual([]);
  });
});
