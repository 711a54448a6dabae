import { describe, expect, it } from "vitest";
import { splitSsml } from "../../src/text/split-ssml.js";
import { stripSsml } from "../../src/text/ssml.js";

describe("splitSsml", () => {
  it("keeps a short document whole", () => {
    expect(splitSsml('<speak>one <break time="1s"/>two</speak>', 100)).toEqual([
      '<speak>one <break time="1s"/>two</speak>',
    ]);
  });

  it("closes open tags at a cut and opens them again after it", () => {
    expect(splitSsml('<speak><prosody rate="90%">One two. Three four.</prosody></speak>', 10)).toEqual([
      '<speak><prosody rate="90%">One two.</prosody></speak>',
      '<speak><prosody rate="90%">Three</prosody></speak>',
      '<speak><prosody rate="90%">four.</prosody></speak>',
    ]);
  });

  it("loses no word, and makes no piece longer than the limit", () => {
    const sentence = "<s>alpha beta <prosody rate='fast'>gamma</prosody> delta, epsilon</s><break/>";
    const pieces = splitSsml(`<speak>${sentence.repeat(40)}</speak>`, 60);
    for (const piece of pieces) {
      const spoken = piece.replace(/<[^>]*>/gu, "").trim();
      expect(spoken.length).toBeLessThanOrEqual(60);
      expect(piece).toMatch(/^<speak>.*<\/speak>$/su);
      expect([...piece.matchAll(/<s>/gu)].length).toBe([...piece.matchAll(/<\/s>/gu)].length);
    }
    const words = (text: string) => text.match(/\w+/gu) ?? [];
    expect(pieces.flatMap((piece) => words(stripSsml(piece)))).toEqual(words(stripSsml(sentence.repeat(40))));
  });

  it("makes bare signs harmless and drops closing tags that close nothing", () => {
    expect(splitSsml("<speak>a &amp; b < c</p></speak>", 50)).toEqual(["<speak>a   b   c</speak>"]);
  });

  it("gives nothing for a document without words", () => {
    expect(splitSsml("<speak><break/></speak>", 50)).toEqual([]);
  });
});
