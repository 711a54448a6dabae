import { describe, expect, it } from "vitest";
import { tidyTranscript } from "../../src/text/tidy-transcript.js";

describe("tidyTranscript", () => {
  it.each([
    ["Turn on the lamp.", "Turn on the lamp"],
    ["Well, don't! It's the well-known one…", "Well don't It's the well-known one"],
    ["It is 3.5 degrees at 10:30, 1,000 times.", "It is 3.5 degrees at 10:30 1,000 times"],
    ["Set it to -5, or to 20%.", "Set it to -5 or to 20%"],
    ["kitchen,bedroom", "kitchen bedroom"],
    ["«Включи свет», — сказал он.", "Включи свет сказал он"],
    ["¿Qué hora es?", "Qué hora es"],
    ["L’été n’est pas là…", "L’été n’est pas là"],
    ["开灯。", "开灯"],
    ["The end 'quoted' - so", "The end quoted so"],
    ["...", ""],
    ["", ""],
  ])("removes from %j what only divides", (text, expected) => {
    expect(tidyTranscript(text, { letters: "keep", punctuation: false })).toBe(expected);
  });

  it.each([
    ["lower", "en", "Turn ON Alexa.", "turn on alexa."],
    ["upper", "de_DE", "straße", "STRASSE"],
    ["lower", "tr", "IŞIK", "ışık"],
    ["upper", "tr-TR", "ışık iyi", "IŞIK İYİ"],
    ["lower", undefined, "ПРИВЕТ", "привет"],
    ["lower", "no such language", "A", "a"],
  ] as const)("makes letters %s as in %s", (letters, language, text, expected) => {
    expect(tidyTranscript(text, { letters, punctuation: true }, language)).toBe(expected);
  });

  it("writes numbers in digits first, so that their marks stay", () => {
    const style = { letters: "lower", punctuation: false, numbers: "digits" } as const;
    expect(tidyTranscript("Set it to twenty-one point five, or fifty percent.", style, "en")).toBe(
      "set it to 21.5 or 50%",
    );
    expect(tidyTranscript("Twenty.", style)).toBe("twenty");
  });

  it("leaves a text alone when nothing is asked for", () => {
    const text = "  Don't — touch:  THIS! ";
    expect(tidyTranscript(text, { letters: "keep", punctuation: true }, "en")).toBe(text);
  });

  it("changes nothing more the second time", () => {
    const style = { letters: "lower", punctuation: false } as const;
    const once = tidyTranscript("Wait—what? It's 7:05 (a.m.), O'Neill!", style, "en");
    expect(tidyTranscript(once, style, "en")).toBe(once);
  });
});
