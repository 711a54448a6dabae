import { describe, expect, it } from "vitest";
import { planText } from "../../../src/app/commands/plan.js";
import { aForesight } from "../../fixtures/foresight.js";

describe("the plan in words", () => {
  it("tells who answers, what is loaded and what is fetched before", () => {
    expect(planText(aForesight()).split("\n")).toEqual([
      "Who answers in en",
      "  Speech to text: whisper/tiny - best of 2",
      "      when it cannot: moonshine/tiny-en",
      "      not whisper/base: needs 600 MB of the 500 MB for models",
      "  Text to speech: espeak/espeak-ng - only one",
      "",
      "What is loaded at start, in this order",
      "  Budget: 500 MB",
      "  1. Whisper Tiny: 330 MB",
      "  -  Piper Large needs 300 MB",
      "  Together: 330 MB",
      "",
      "Downloaded before that: whisper/tiny (103 MB).",
    ]);
  });

  it("says so when nothing is loaded or fetched", () => {
    const nothing = { loads: [], leftOut: [], totalBytes: 0, totalMs: 0, lines: [] };
    const text = planText(aForesight({ warmUp: nothing, downloads: [] }));
    expect(text).toContain("  Nothing: every model loads at its first request.");
    expect(text).toContain("Nothing has to be downloaded.");
  });

  it("keeps to a few of those left out, and says how many more there are", () => {
    const leftOut = Array.from({ length: 6 }, (_, n) => ({ id: `a/${n}`, why: "needs more" }));
    const fallbacks = leftOut.map(({ id }) => id);
    const answers = [{ capability: "stt", model: undefined, why: "none", fallbacks, leftOut }] as const;
    const text = planText(aForesight({ answers }));
    expect(text).toContain("Speech to text: nobody - none");
    expect(text).toContain("when it cannot: a/0, a/1, a/2, a/3, and 2 more");
    expect(text).toContain("and not 2 more");
    expect(text).not.toContain("not a/4");
  });

  it("adds up downloads, and says which cannot be had now", () => {
    const downloads = [
      { model: "a/b", bytes: 5e6, reachable: true },
      { model: "c/d", reachable: false },
    ];
    expect(planText(aForesight({ downloads }))).toContain(
      "a/b (5 MB), c/d (size not known, but its source does not answer now), 5 MB in all as far as known.",
    );
  });
});
