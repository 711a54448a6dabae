import { describe, expect, it } from "vitest";
import { buildGrammar, findUnknownWord } from "../../../src/engines/vosk/grammar.js";

const vocabulary = (words: string, unknownWord?: string) => {
  const known = new Set(words.split(" "));
  return { has: (word: string) => known.has(word), unknownWord };
};
const phrases = (json: string | undefined): unknown => (json === undefined ? undefined : JSON.parse(json));

describe("buildGrammar", () => {
  it("writes sentences in the case the model knows and gives them back as they were", () => {
    const grammar = buildGrammar(
      ["Turn on the TV!", "what’s New York like"],
      vocabulary("turn on the TV what's New york like"),
    );
    expect(phrases(grammar.json)).toEqual(["turn on the TV", "what's New york like"]);
    expect(grammar.restore("turn on the TV")).toBe("Turn on the TV!");
    expect(grammar.restore("what's the TV")).toBe("");
    expect(grammar.missing).toEqual([]);
  });

  it("leaves out a sentence with a word the model does not know, and names the word", () => {
    const grammar = buildGrammar(["lamp on", "zigbee lamp on"], vocabulary("lamp on"));
    expect(phrases(grammar.json)).toEqual(["lamp on"]);
    expect(grammar.missing).toEqual(["zigbee"]);
  });

  it("has no grammar when nothing can be said", () => {
    expect(buildGrammar(["zigbee", "?!", ""], vocabulary("lamp")).json).toBeUndefined();
  });

  it("takes compounds apart where only the parts are known", () => {
    const grammar = buildGrammar(
      ["ferme le rez-de-chaussée", "éteins l'entrée"],
      vocabulary("ferme le rez de chaussée éteins l' entrée"),
    );
    expect(phrases(grammar.json)).toEqual(["ferme le rez de chaussée", "éteins l' entrée"]);
    expect(grammar.restore("ferme le rez de chaussée")).toBe("ferme le rez-de-chaussée");
  });

  it("finds letters with accents however they are composed", () => {
    const grammar = buildGrammar(["lumie\u0300re"], vocabulary("lumi\u00e8re"));
    expect(phrases(grammar.json)).toEqual(["lumi\u00e8re"]);
  });

  it("ends with the model's unknown word, so that other speech is told apart", () => {
    expect(phrases(buildGrammar(["lamp"], vocabulary("lamp", "[unk]")).json)).toEqual(["lamp", "[unk]"]);
  });

  it("says each sentence once", () => {
    const grammar = buildGrammar(["Lamp", "lamp"], vocabulary("lamp"));
    expect(phrases(grammar.json)).toEqual(["lamp"]);
    expect(grammar.restore("lamp")).toBe("Lamp");
  });
});

describe("findUnknownWord", () => {
  it("knows the spellings of different models", () => {
    expect(findUnknownWord((word) => word === "<UNK>")).toBe("<UNK>");
    expect(findUnknownWord(() => false)).toBeUndefined();
  });
});
