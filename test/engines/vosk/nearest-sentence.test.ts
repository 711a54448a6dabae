import { describe, expect, it } from "vitest";
import { nearestSentence } from "../../../src/engines/vosk/nearest-sentence.js";

const grammar = (...sentences: readonly string[]) =>
  new Map(sentences.map((sentence) => [sentence.toLowerCase(), sentence]));

describe("nearestSentence", () => {
  const commands = grammar(
    "Turn on the kitchen light",
    "Turn off the kitchen light",
    "Lock the door",
    "Close the bedroom blinds",
    "Next",
  );

  it("is the sentence as it was given", () => {
    expect(nearestSentence("lock the door", commands)).toBe("Lock the door");
  });

  it("is told by the words that are right, with one missing or one too many", () => {
    expect(nearestSentence("turn on kitchen light", commands)).toBe("Turn on the kitchen light");
    expect(nearestSentence("turn on the the kitchen light", commands)).toBe("Turn on the kitchen light");
    expect(nearestSentence("close the bedroom the blinds", commands)).toBe("Close the bedroom blinds");
  });

  it("stays as it was heard when it may mean two sentences or another deed, or is too short to tell", () => {
    for (const heard of ["turn the kitchen light", "turn on the bedroom light", "lock door"]) {
      expect(nearestSentence(heard, commands)).toBe(heard);
    }
  });

  it("is nothing for a jumble of the grammar's words", () => {
    for (const heard of ["next the kitchen door off", "light", "close door the turn the on blinds"]) {
      expect(nearestSentence(heard, commands)).toBe("");
    }
  });

  it("lets single words and phrases follow one another", () => {
    expect(nearestSentence("on kitchen light", grammar("on", "off", "kitchen", "light"))).toBe(
      "on kitchen light",
    );
    expect(nearestSentence("turn on bed light", grammar("turn on", "bed light"))).toBe("turn on bed light");
    expect(nearestSentence("next next", commands)).toBe("next next");
  });

  it("is nothing when nothing was heard", () => {
    expect(nearestSentence("", commands)).toBe("");
  });
});
