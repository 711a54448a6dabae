import { describe, expect, it } from "vitest";
import { compilePhrases } from "../../../src/home/compile-phrases.js";
import { plainSpeller, plainWords } from "../../../src/home/match/plain-speller.js";
import { SentenceMatcher } from "../../../src/home/match/sentence-matcher.js";
import { buildWordGraph } from "../../../src/home/match/word-graph.js";
import { parseSentenceFile } from "../../../src/home/templates/parse-sentence-file.js";

const TEXT = `
language: en
skip_words: [the, a, please]
lists: {percent: {range: {from: 0, to: 100}}}
sentences:
  switch: ["turn (on|off) [the] {lights}", "turn [the] {lights} (on|off)"]
  dim: ["set [the] {lights} to {percent} percent"]
  stop: [stop]
`;
const { sentences } = parseSentenceFile("s.yaml", TEXT);
const book = compilePhrases({
  language: "en",
  names: { lights: ["Bed Light", "Kitchen lights", "EcoLamp"] },
  files: sentences ? [sentences] : [],
});
const matcher = new SentenceMatcher(buildWordGraph(book, plainSpeller), book.skipWords);
const match = (text: string) => matcher.match(plainWords(text));

describe("SentenceMatcher", () => {
  it("writes a sentence as the home writes it", () => {
    expect(match("set the bed light to fifty percent")).toMatchObject({
      text: "set the Bed Light to 50 percent",
      intent: "dim",
      distance: 0,
    });
  });

  it("counts a word without weight for little", () => {
    const { text, distance } = match("please turn on a bed light");
    expect(text).toMatch(/^turn on (?:the )?Bed Light$/);
    expect(distance).toBeLessThan(0.15);
  });

  it("takes a word that sounds alike for the one of the sentence", () => {
    const { text, distance } = match("turn on the kitchen light");
    expect(text).toBe("turn on the Kitchen lights");
    expect(distance).toBeGreaterThan(0);
    expect(distance).toBeLessThan(0.15);
  });

  it("says when another sentence is as near", () => {
    expect(match("turn the bed light").margin).toBe(0);
    expect(match("turn on the bed light").margin).toBeGreaterThan(0.1);
  });

  it("sees two ways to say the same as one", () => {
    expect(match("turn bed light on").meaning).toBe("turn bed light on");
    expect(match("turn the bed light on").meaning).toBe(match("turn bed light on").meaning);
  });

  it.each([
    "",
    "who won the football game yesterday",
    "and so my fellow americans ask not",
    "one ".repeat(200),
  ])("finds nothing near %j", (text) => {
    expect(match(text)).toMatchObject({ text: "", distance: 1 });
  });

  it("is at no distance from every sentence of its own", () => {
    for (const light of ["bed light", "kitchen lights", "ecolamp"]) {
      for (const sentence of [`turn off ${light}`, `turn the ${light} on`, `set ${light} to seven percent`]) {
        expect(match(sentence).distance).toBe(0);
      }
    }
  });
});
