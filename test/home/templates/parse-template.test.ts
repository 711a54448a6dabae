import { describe, expect, it } from "vitest";
import { parseTemplate } from "../../../src/home/templates/parse-template.js";

describe("parseTemplate", () => {
  it("keeps words, lists and rules in their order", () => {
    expect(parseTemplate("turn on {lights} <in_place>")).toEqual({
      all: [{ words: "turn" }, { words: "on" }, { list: "lights" }, { rule: "in_place" }],
    });
  });

  it("tells what may be left out from what must be chosen", () => {
    expect(parseTemplate("[the|my] (lamp|light)")).toEqual({
      all: [
        { optional: { any: [{ words: "the" }, { words: "my" }] } },
        { any: [{ words: "lamp" }, { words: "light" }] },
      ],
    });
  });

  it("takes an empty choice for something that may be left out", () => {
    expect(parseTemplate("now (please|)")).toEqual({
      all: [{ words: "now" }, { optional: { words: "please" } }],
    });
  });

  it("changes a word by brackets inside it", () => {
    expect(parseTemplate("light[s]")).toEqual({ any: [{ words: "light" }, { words: "lights" }] });
    expect(parseTemplate("(ver|ent)riegle")).toEqual({
      any: [{ words: "verriegle" }, { words: "entriegle" }],
    });
  });

  it("lets parts come in any order", () => {
    expect(parseTemplate("(a;b)")).toEqual({
      any: [{ all: [{ words: "a" }, { words: "b" }] }, { all: [{ words: "b" }, { words: "a" }] }],
    });
  });

  it("keeps the grammatical case a list is wanted in", () => {
    expect(parseTemplate("{areas:prepositional}")).toEqual({ list: "areas:prepositional" });
  });

  it("takes a character after a backslash as it is", () => {
    expect(parseTemplate("a\\[b")).toEqual({ words: "a[b" });
  });

  it.each([
    ["turn (on", /opened at character 6 has no "\)"/],
    ["turn on]", /"\]" at character 8 closes nothing/],
    ["turn {li", /has no "}"/],
    ["{two words}", /no name of a list/],
    ["(a;b;c;d;e)", /more than 4 parts/],
    ["[ ]", /nothing to say/],
    ["[a][b][c][d][e][f]", /more than 32 forms/],
    [`${"[".repeat(40)}a${"]".repeat(40)}`, /nested too deeply/],
  ])("says what is wrong in %s", (template, message) => {
    expect(() => parseTemplate(template)).toThrow(message);
  });
});
