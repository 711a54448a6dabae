import { describe, expect, it } from "vitest";
import { parseSentenceFile } from "../../../src/home/templates/parse-sentence-file.js";

const parse = (...lines: readonly string[]) => parseSentenceFile("mine.yaml", lines.join("\n"));

describe("parseSentenceFile", () => {
  it("reads templates under their headings, with the line each stands in", () => {
    const { sentences, problems } = parse(
      "language: en_GB",
      "sentences:",
      "  lights:",
      "    - lights on",
      "    - lights off",
    );
    expect(problems).toEqual([]);
    expect(sentences?.language).toBe("en");
    expect(sentences?.sentences.map(({ intent, place }) => [intent, place])).toEqual([
      ["lights", "mine.yaml:4"],
      ["lights", "mine.yaml:5"],
    ]);
  });

  it("reads the shape of Home Assistant's custom sentences", () => {
    const { sentences, problems } = parse(
      "language: en",
      "intents:",
      "  HassTurnOn:",
      "    data:",
      '      - sentences: ["<on> {name}"]',
      "expansion_rules: {on: (turn|switch) on}",
      "lists:",
      "  level: {range: {from: 10, to: 20, step: 5}}",
      "  mode: {values: [{in: (quiet|silent), out: quiet}]}",
    );
    expect(problems).toEqual([]);
    expect(sentences?.sentences[0]?.intent).toBe("HassTurnOn");
    expect(sentences?.lists["level"]?.ranges).toEqual([{ from: 10, to: 20, step: 5, write: { other: "#" } }]);
    expect(sentences?.lists["mode"]?.values[0]?.write).toBe("quiet");
  });

  it("takes words that YAML reads as something else", () => {
    const { sentences, problems } = parse("language: en", "sentences: {a: on}", "lists: {b: [12, yes]}");
    expect(problems).toEqual([]);
    expect(sentences?.lists["b"]?.values.map(({ say }) => say)).toEqual([{ words: "12" }, { words: "yes" }]);
  });

  it("names every mistake with its line and keeps the rest", () => {
    const { sentences, problems } = parse(
      "language: en",
      "sentence: x",
      "sentences:",
      "  lights: [lights on, 'lights (off']",
      "lists:",
      "  level: {range: {from: 9, to: 1}}",
      "  huge: {range: {from: 0, to: 100000}}",
      "  deep: ['{other}']",
    );
    expect(sentences?.sentences).toHaveLength(1);
    expect(problems.map((problem) => problem.split(":").slice(0, 2).join(":"))).toEqual([
      "mine.yaml:2",
      "mine.yaml:6",
      "mine.yaml:7",
      "mine.yaml:8",
      "mine.yaml:4",
    ]);
  });

  it("wants a language", () => {
    const { sentences, problems } = parse("sentences: {a: b}");
    expect(sentences).toBeUndefined();
    expect(problems[0]).toMatch(/mine.yaml:1: the file needs a "language"/);
  });

  it.each(["", "- a list", "{ broken"])("refuses %j as a whole", (text) => {
    expect(parseSentenceFile("mine.yaml", text).problems[0]).toMatch(/^mine.yaml:1: /);
  });
});
