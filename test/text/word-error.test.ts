import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparableWords, wordErrors } from "../../src/text/word-error.js";

describe("comparableWords", () => {
  it("forgets case, punctuation, apostrophes and the dots of ё", () => {
    expect(comparableWords("What's the — Time, please?", "en")).toEqual(["whats", "the", "time", "please"]);
    expect(comparableWords("Ещё одна ёлка!", "ru")).toEqual(["еще", "одна", "елка"]);
  });
  it("spells numbers out", () => {
    expect(comparableWords("30 seconds", "en")).toEqual(["thirty", "seconds"]);
    expect(comparableWords("80 %", "fr")).toEqual(["quatre", "vingts", "pourcent"]);
    expect(comparableWords("80 pour cent", "fr")).toEqual(comparableWords("80 pourcent", "fr"));
    expect(comparableWords("about 1455", "en")).toEqual(["about", "fourteen", "fifty", "five"]);
  });
});

describe("wordErrors", () => {
  it.each([
    ["turn on the light", "Turn on the light.", 0, 0, 0],
    ["turn on the light", "turn off the light", 1, 0, 0],
    ["turn on the light", "turn on light", 0, 0, 1],
    ["turn on the light", "please turn on the light", 0, 1, 0],
    ["a b c d", "a x d e", 1, 1, 1],
    ["set a timer for 30 seconds", "Set a timer for thirty seconds", 0, 0, 0],
    ["", "something", 0, 1, 0],
    ["", "", 0, 0, 0],
  ])("counts %j against %j", (reference, hypothesis, substitutions, insertions, deletions) => {
    const errors = wordErrors(reference, hypothesis, "en");
    expect(errors.substitutions + errors.insertions + errors.deletions).toBe(
      substitutions + insertions + deletions,
    );
    expect(errors.insertions - errors.deletions).toBe(insertions - deletions);
  });
  it("gives the rate per reference word", () => {
    expect(wordErrors("a b c d", "a b c x", "en").rate).toBe(0.25);
    expect(wordErrors("", "x y", "en").rate).toBe(1);
  });
  it("is a distance: symmetric in number, zero only between equals", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 }).map((list) => list.join(" "));
    fc.assert(
      fc.property(words, words, (left, right) => {
        const total = (e: ReturnType<typeof wordErrors>) => e.substitutions + e.insertions + e.deletions;
        const there = total(wordErrors(left, right, "en"));
        expect(there).toBe(total(wordErrors(right, left, "en")));
        expect(there === 0).toBe(left === right);
      }),
    );
  });
});
