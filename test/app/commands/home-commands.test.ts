import { describe, expect, it } from "vitest";
import { homeTestText, homeText } from "../../../src/app/commands/home-commands.js";
import { explanation } from "../../../src/app/commands/transcribe.js";
import type { CommandHeard } from "../../../src/engines/capability.js";
import { NO_COMMANDS } from "../../../src/sessions/home.js";
import { FAKE_HOME } from "../../fixtures/fake-home.js";

const COMMAND: CommandHeard = {
  decision: "dictate",
  text: "turn on Bed Light",
  intent: "turn_on",
  heard: "turn on bad light",
  distance: 0.254,
  confidence: 0.5,
  why: "the nearest sentence differs by 25 %",
};

describe("irene home", () => {
  it("shows names by kind, who listens, and words that are not known", () => {
    expect(homeText(FAKE_HOME.show())).toBe(
      [
        "Names come from Home Assistant.",
        "  Home Assistant: Home Assistant does not answer.",
        "",
        "en: 1 names, 12 sentences; nobody listens: vosk/en_small is not in memory",
        "  lights: EcoBee Lamp",
        '  not known: ecobee (EcoBee Lamp), listened for as "eco bee"',
        "  mine.yaml:4: there is no list {nonsense}",
      ].join("\n"),
    );
  });

  it("says where names could come from, and why there are no commands", () => {
    expect(homeText({ sources: [], languages: [] })).toMatch(/^Names come from nowhere: set home\.file/);
    expect(homeText(NO_COMMANDS)).toBe(NO_COMMANDS.off);
  });

  it("names the source of each name where there are several", () => {
    const language = {
      language: "en",
      names: [
        { kind: "areas", name: "Office", source: "Home Assistant" },
        { kind: "areas", name: "Attic", source: "home.yaml" },
      ],
      problems: [],
      ready: true,
      model: "vosk/en_small",
      unknownWords: [{ word: "zyx", names: ["Zyx"], suggestion: "six" }],
    } as const;
    const text = homeText({
      sources: [{ name: "Home Assistant" }, { name: "home.yaml" }],
      languages: [language],
    });
    expect(text).toContain("areas: Office (Home Assistant), Attic (home.yaml)");
    expect(text).toContain('not known: zyx (Zyx), not understood; an alias such as "six" would be');
    expect(text).toContain("en: 2 names, sentences not made yet; vosk/en_small listens");
  });

  it("tells what a sentence would be taken for, and what not", () => {
    const near = {
      language: "en",
      text: "turn on Bed Light",
      intent: "turn_on",
      distance: 0,
      why: "so it is",
    };
    expect(homeTestText({ ...near, decision: "accept" })).toBe(
      "turn on Bed Light\n  taken for a command: so it is; nearest is turn_on, distance 0.00",
    );
    expect(homeTestText({ ...near, text: "", decision: "dictate", distance: 1 })).toBe(
      "(none)\n  dictated instead: so it is; no sentence is near",
    );
  });
});

describe("irene transcribe --explain", () => {
  it("says who answered and why it was no command", () => {
    const { why } = COMMAND;
    const result = { text: "Turn on that light.", model: "whisper/tiny", decided: "dictation", why } as const;
    expect(explanation({ ...result, command: COMMAND, degraded: "Whisper answers instead." })).toEqual([
      "  answered by whisper/tiny",
      "  it is no command of this home: the nearest sentence differs by 25 %",
      '  as a command it was heard as "turn on bad light"; nearest sentence: "turn on Bed Light" (turn_on), distance 0.25, confidence 0.50',
      "  Whisper answers instead.",
    ]);
  });

  it("says so where nobody listened for commands, or heard none", () => {
    expect(explanation({ text: "", model: "" })).toEqual([
      "  answered by nobody",
      "  commands were not listened for",
    ]);
    const silent = { ...COMMAND, heard: "", text: "", intent: "" };
    const result = { text: "Hm.", model: "whisper/tiny", decided: "dictation", command: silent } as const;
    expect(explanation(result).at(-1)).toBe(
      "  as a command it was heard as nothing it knows; nearest sentence: none",
    );
  });
});
