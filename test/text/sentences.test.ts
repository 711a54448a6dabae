import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SentenceSplitter } from "../../src/text/sentences.js";

const split = (...pieces: string[]): string[] => {
  const splitter = new SentenceSplitter();
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.flush()];
};

describe("SentenceSplitter", () => {
  it.each([
    [
      "Turn on the light. Then close the door! Will you?",
      ["Turn on the light.", "Then close the door!", "Will you?"],
    ],
    ["Yes. I have turned it on.", ["Yes. I have turned it on."]],
    ["It is 21.5 degrees outside. Take a coat.", ["It is 21.5 degrees outside.", "Take a coat."]],
    ["Ask Dr. Miller about it. He is nice.", ["Ask Dr. Miller about it.", "He is nice."]],
    ["Das war am 3. Mai in Bonn. Es regnete.", ["Das war am 3. Mai in Bonn.", "Es regnete."]],
    ["Milch, Eier, z. B. vom Hof. Und Brot.", ["Milch, Eier, z. B. vom Hof.", "Und Brot."]],
    ["Температура 21 градус. Свет в кухне включён!", ["Температура 21 градус.", "Свет в кухне включён!"]],
    [
      "Он сказал: «Включи свет, пожалуйста.» Потом ушёл.",
      ["Он сказал: «Включи свет, пожалуйста.»", "Потом ушёл."],
    ],
    [
      "客厅的灯已经打开了，请注意。外面现在正在下着大雨！",
      ["客厅的灯已经打开了，请注意。", "外面现在正在下着大雨！"],
    ],
    [
      "First line of a list\nsecond line of it\n\nthird one",
      ["First line of a list", "second line of it", "third one"],
    ],
    ["Wait... what did you say?", ["Wait... what did you say?"]],
    ["   \n ", []],
    ["", []],
  ])("cuts %j", (text, sentences) => {
    expect(split(text)).toEqual(sentences);
    expect(split(...text)).toEqual(sentences);
  });

  it("hands a sentence out as soon as the next one begins", () => {
    const splitter = new SentenceSplitter();
    expect(splitter.push("The light is on.")).toEqual([]);
    expect(splitter.push(" ")).toEqual([]);
    expect(splitter.push("N")).toEqual(["The light is on."]);
    expect(splitter.push("ow the door is open")).toEqual([]);
    expect(splitter.flush()).toEqual(["Now the door is open"]);
    expect(splitter.flush()).toEqual([]);
  });

  it("cuts text without any punctuation at a word", () => {
    const pieces = split("word ".repeat(300));
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) expect(piece).toMatch(/^(word ?)+$/);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(400);
    expect(split("x".repeat(1_000)).join("")).toBe("x".repeat(1_000));
  });

  it("loses nothing and does not care how the text arrives", () => {
    const text = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            ". ",
            "! ",
            "? ",
            " ",
            "\n",
            "。",
            "… ",
            '." ',
            ", ",
            "z. B. ",
            "Dr. ",
            "3. ",
            "word ",
            "Слово ",
            "\n\n",
            "」",
            "Ein längeres Stück",
            "x".repeat(150),
          ),
          fc.string({ unit: "grapheme", maxLength: 30 }),
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (whole, size) => {
        const pieces: string[] = [];
        const letters = [...whole];
        for (let i = 0; i < letters.length; i += size) pieces.push(letters.slice(i, i + size).join(""));
        const sentences = split(...pieces);
        expect(sentences).toEqual(split(whole));
        expect(sentences.join("").replaceAll(/\s/gu, "")).toBe(whole.replaceAll(/\s/gu, ""));
      }),
      { numRuns: 5_000 },
    );
  });
});
