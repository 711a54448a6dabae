import { describe, expect, it } from "vitest";
import { joinAlternatives, parseAlternatives } from "../../../src/engines/vosk/alternatives.js";
import { judgeCommand } from "../../../src/engines/vosk/judge-command.js";
import { compilePhrases } from "../../../src/home/compile-phrases.js";
import { plainSpeller } from "../../../src/home/match/plain-speller.js";
import { SentenceMatcher } from "../../../src/home/match/sentence-matcher.js";
import { buildWordGraph } from "../../../src/home/match/word-graph.js";
import { parseSentenceFile } from "../../../src/home/templates/parse-sentence-file.js";

const { sentences } = parseSentenceFile(
  "s.yaml",
  "language: en\nskip_words: [the]\nsentences: {a: ['turn (on|off) [the] {lights} in the kitchen', next]}",
);
const book = compilePhrases({
  language: "en",
  names: { lights: ["Bed Light"] },
  files: sentences ? [sentences] : [],
});
const matcher = new SentenceMatcher(buildWordGraph(book, plainSpeller), book.skipWords);
const judge = (...readings: readonly (readonly [string, number])[]) =>
  judgeCommand(
    readings.map(([text, score]) => ({ words: text.split(" ").filter((word) => word !== ""), score })),
    matcher,
  );

describe("judgeCommand", () => {
  it("accepts what was heard word for word", () => {
    expect(judge(["turn on the bed light in the kitchen", 0])).toMatchObject({
      decision: "accept",
      text: "turn on the Bed Light in the kitchen",
      intent: "a",
      distance: 0,
      confidence: 1,
    });
  });

  it("prefers a slightly less likely reading that is a sentence", () => {
    const heard = judge(
      ["turn of the bed light the kitchen", 0],
      ["turn off the bed light in the kitchen", -1],
    );
    expect(heard).toMatchObject({
      decision: "accept",
      text: "turn off the Bed Light in the kitchen",
      distance: 0,
    });
  });

  it("accepts a long sentence with one word missing when no other is as near", () => {
    expect(judge(["on the bed light in the kitchen", 0])).toMatchObject({
      decision: "accept",
      text: "turn on the Bed Light in the kitchen",
    });
  });

  it("dictates when two deeds are as near", () => {
    expect(judge(["turn the bed light in the kitchen", 0])).toMatchObject({
      decision: "dictate",
      why: "another sentence is about as near",
    });
  });

  it("dictates other speech, silence, and a single word nobody is sure of", () => {
    expect(judge(["the [unk] of printing", 0]).decision).toBe("dictate");
    expect(judge(["", 0])).toMatchObject({ decision: "dictate", why: "no words were heard" });
    expect(judge().decision).toBe("dictate");
    expect(judge(["kitchen", 3], ["next", 0]).decision).toBe("dictate");
  });
});

describe("alternatives", () => {
  it("are read from a result, and none from one without", () => {
    const json = JSON.stringify({ alternatives: [{ text: "turn on", confidence: 12.5 }, { text: 3 }] });
    expect(parseAlternatives(json)).toEqual([{ words: ["turn", "on"], score: 12.5 }]);
    expect(parseAlternatives('{"text":"x"}')).toEqual([]);
    expect(() => parseAlternatives("{")).toThrow(/not JSON/);
  });

  it("of the pieces of an utterance are put together, the likeliest first", () => {
    const piece = (...pairs: readonly (readonly [string, number])[]) =>
      pairs.map(([text, score]) => ({ words: text.split(" ").filter((word) => word !== ""), score }));
    const joined = joinAlternatives([piece(["a", 2], ["b", 1]), piece(["", 0]), piece(["c", 3], ["d", 2.5])]);
    expect(joined.map(({ words }) => words.join(" "))).toEqual(["a c", "a d", "b c", "b d"]);
  });
});
