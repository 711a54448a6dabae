import { describe, expect, it } from "vitest";
import { pairPhrases } from "../../../src/engines/vosk/command-grammar.js";
import { samplePhrases } from "../../../src/engines/vosk/sample-phrases.js";
import { compilePhrases } from "../../../src/home/compile-phrases.js";
import { plainSpeller, plainWords } from "../../../src/home/match/plain-speller.js";
import { SentenceMatcher } from "../../../src/home/match/sentence-matcher.js";
import { buildWordGraph } from "../../../src/home/match/word-graph.js";
import { parseSentenceFile } from "../../../src/home/templates/parse-sentence-file.js";

const { sentences } = parseSentenceFile(
  "s.yaml",
  `
language: en
sentences:
  on: ["turn on [the] {lights}", "turn [the] {lights} (on|off) [in the {areas}]"]
  stop: [stop, stop it]
`,
);
const book = compilePhrases({
  language: "en",
  names: { lights: ["bed light", "kitchen lights", "lamp"], areas: ["office", "living room"] },
  files: sentences ? [sentences] : [],
});
const graph = buildWordGraph(book, plainSpeller);

const ALL = ["bed light", "kitchen lights", "lamp"].flatMap((light) => [
  ...["", "the "].map((the) => `turn on ${the}${light}`),
  ...["", "the "].flatMap((the) =>
    ["on", "off"].flatMap((state) =>
      ["", " in the office", " in the living room"].map((where) => `turn ${the}${light} ${state}${where}`),
    ),
  ),
]);

/** Pairs of words that follow one another, with the ends of the phrase. */
const pairsOf = (phrases: readonly string[]) =>
  new Set(
    phrases.flatMap((phrase) => {
      const words = ["<s>", ...phrase.split(" "), "</s>"];
      return words.slice(1).map((word, at) => `${words[at]} ${word}`);
    }),
  );

describe("pairPhrases", () => {
  it("has every pair of words of every sentence and no other", () => {
    expect(pairsOf(pairPhrases(graph))).toEqual(pairsOf([...ALL, "stop", "stop it"]));
  });

  it("needs far fewer phrases than there are sentences", () => {
    expect(pairPhrases(graph).length).toBeLessThan(ALL.length / 2);
  });
});

describe("samplePhrases", () => {
  const samples = [...samplePhrases(graph, 500)];

  it("gives only sentences of the book", () => {
    const matcher = new SentenceMatcher(graph, book.skipWords);
    expect(samples.filter((sample) => matcher.match(plainWords(sample)).distance > 0)).toEqual([]);
  });

  it("gives the same ones every time", () => {
    expect([...samplePhrases(graph, 500)]).toEqual(samples);
  });

  it("says what a template gives first more often", () => {
    const count = (word: string) => samples.filter((sample) => sample.split(" ").includes(word)).length;
    expect(count("on")).toBeGreaterThan(count("off"));
  });
});
