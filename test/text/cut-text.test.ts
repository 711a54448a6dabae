import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText } from "../../src/text/cut-text.js";

describe("cutText", () => {
  it("cuts after sentences where they end", () => {
    expect(cutText("One two. Three four. Five six.", 22)).toEqual(["One two. Three four.", "Five six."]);
  });
  it("falls back to weaker pauses, words and single characters", () => {
    expect(cutText("one two three, four five", 18)).toEqual(["one two three,", "four five"]);
    expect(cutText("one two three", 8)).toEqual(["one two", "three"]);
    expect(cutText("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  });
  it("does not cut inside a decimal", () => {
    expect(cutText("It is 21.5 degrees in here now", 12).join("|")).not.toContain("21.|5");
  });
  it("keeps every character but white space, in pieces no longer than the limit", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."ab .,;\n😀é"), maxLength: 300 }),
        fc.integer({ min: 4, max: 50 }),
        (text, limit) => {
          const pieces = cutText(text, limit);
          expect(pieces.join("").replace(/\s/gu, "")).toBe(text.replace(/\s/gu, ""));
          for (const piece of pieces) {
            expect(piece.length).toBeLessThanOrEqual(limit);
            expect(piece).not.toBe("");
          }
        },
      ),
    );
  });
});
