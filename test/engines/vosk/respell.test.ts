import { describe, expect, it } from "vitest";
import { nearbyWord } from "../../../src/engines/vosk/nearby-word.js";
import { respell } from "../../../src/engines/vosk/respell.js";
import { VocabularySpeller } from "../../../src/engines/vosk/vocabulary-speller.js";

const vocabularyOf = (text: string) => {
  const words = new Set(text.split(" "));
  return { has: (word: string) => words.has(word), unknownWord: undefined };
};
const VOCABULARY = vocabularyOf(
  "eco bee led l. e. d. strip two tv t. v. sun flower lamp phone living room Tom what's in the",
);

describe("respell", () => {
  const said = (token: string) => respell(token, "en", VOCABULARY)?.words.join(" ");

  it("cuts at capitals, digits and into known words", () => {
    expect(said("EcoBee")).toBe("eco bee");
    expect(said("LEDStrip2")).toBe("led strip two");
    expect(said("sunflower")).toBe("sun flower");
  });

  it("writes a word as it sounds", () => {
    expect(said("fone")).toBe("phone");
  });

  it("gives up on what sounds like nothing known", () => {
    expect(said("Zyxgrmpf")).toBeUndefined();
  });
});

describe("nearbyWord", () => {
  it.each([
    ["flouer", "flower"],
    ["lampp", "lamp"],
    ["lving", "living"],
    ["romo", "room"],
  ])("offers for %s what is one letter away", (word, offered) => {
    expect(nearbyWord(word, VOCABULARY)).toBe(offered);
  });

  it("takes of several the one that sounds most alike", () => {
    expect(nearbyWord("kellar", vocabularyOf("cellar kellan"))).toBe("cellar");
  });

  it("offers nothing for what is short or far from everything", () => {
    expect(nearbyWord("bex", VOCABULARY)).toBeUndefined();
    expect(nearbyWord("zyxgrmpf", VOCABULARY)).toBeUndefined();
  });
});

describe("VocabularySpeller", () => {
  const speller = () => new VocabularySpeller(VOCABULARY, "en");

  it("finds a word in the letter case the model has, and parts of compounds", () => {
    expect(speller().spell("tom's", true)).toEqual([]);
    expect(speller().spell("Living-Room TOM", true)).toEqual([["living", "room", "Tom"]]);
  });

  it("says an abbreviation as a word and by its letters", () => {
    expect(speller().spell("TV", true)).toEqual([["tv"], ["t.", "v."]]);
  });

  it("respells names but not the words of templates", () => {
    expect(speller().spell("EcoBee", true)).toEqual([["eco", "bee"]]);
    expect(speller().spell("EcoBee", false)).toEqual([]);
  });

  it("reports a word once, with the names it is in", () => {
    const own = speller();
    own.spell("EcoBee lamp", true);
    own.spell("EcoBee strip", true);
    own.spell("Zyxgrmpf", true);
    expect(own.unknownWords).toEqual([
      { word: "EcoBee", names: ["EcoBee lamp", "EcoBee strip"], respelled: "eco bee" },
      { word: "Zyxgrmpf", names: ["Zyxgrmpf"] },
    ]);
  });
});
