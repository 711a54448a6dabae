import { describe, expect, it } from "vitest";
import { breakMs, isSsml, mapSpoken, stripSsml } from "../../src/text/ssml.js";

describe("isSsml", () => {
  it.each([
    ["<speak>a</speak>", true],
    ['<?xml version="1.0"?>\n<speak version="1.0">a</speak>', true],
    ["a <speak>", false],
    ["<speaker>", false],
  ])("says of %j %s", (text, expected) => {
    expect(isSsml(text)).toBe(expected);
  });
});

describe("mapSpoken", () => {
  it("hands over the text between tags and keeps the spaces around them", () => {
    const heard: string[] = [];
    const ssml = '<speak> one <break time="2s"/>two <p>three</p></speak>';
    const result = mapSpoken(ssml, (text) => {
      heard.push(text);
      return text.toUpperCase();
    });
    expect(heard).toEqual(["one", "two", "three"]);
    expect(result).toBe('<speak> ONE <break time="2s"/>TWO <p>THREE</p></speak>');
  });
});

describe("stripSsml", () => {
  it("turns breaks and paragraphs into pauses of punctuation", () => {
    expect(
      stripSsml(
        '<speak><p>Hello</p><p>one<break time="100ms"/>two<break strength="x-strong"/>three</p></speak>',
      ),
    ).toBe("Hello. one, two. three.");
  });
  it("decodes entities", () => {
    expect(stripSsml("<speak>a &amp; b &#233; &lt;c&gt;</speak>")).toBe("a & b é <c>");
  });
});

describe("breakMs", () => {
  it.each([
    ['<break time="1.5s"/>', 1500],
    ['<break time="250ms"/>', 250],
    ['<break strength="x_weak"/>', 25],
    ["<break/>", 150],
  ])("reads %s as %d ms", (tag, ms) => {
    expect(breakMs(tag)).toBe(ms);
  });
});
