import { describe, expect, it } from "vitest";
import { compilePhrases } from "../../src/home/compile-phrases.js";
import type { HomeNames } from "../../src/home/names.js";
import { parseSentenceFile } from "../../src/home/templates/parse-sentence-file.js";

const NAMES: HomeNames = { lights: ["Bed Light", "Lamp 2"], areas: ["Office"] };

function compile(text: string, { names = NAMES, language = "en" } = {}) {
  const { sentences, problems } = parseSentenceFile("s.yaml", `language: ${language}\n${text}`);
  expect(problems).toEqual([]);
  return compilePhrases({ language, names, files: sentences ? [sentences] : [] });
}

describe("compilePhrases", () => {
  it("puts the home's names in, with their numbers in words", () => {
    const book = compile("sentences: {on: ['turn on [the] {lights}']}");
    expect(book.lists["lights"]).toEqual([
      { text: "Bed Light", spoken: ["Bed Light"], name: true },
      { text: "Lamp 2", spoken: ["Lamp two"], name: true },
    ]);
    expect(book.phrases).toBe(4);
  });

  it("leaves out what the home has no names for", () => {
    const book = compile("sentences: {a: ['lock {locks}', '[in {floors}] now', '({locks}|{lights}) on']}");
    expect(book.sentences.map(({ pattern }) => pattern)).toEqual([
      { all: [{ all: [] }, { words: "now" }] },
      { all: [{ any: [{ list: "lights" }] }, { words: "on" }] },
    ]);
  });

  it("writes numbers as digits and says them in words that agree", () => {
    const minutes = (language: string, write: string) =>
      compile(`lists: {m: {range: {from: 1, to: 21, step: 20, write: ${write}}}}\nsentences: {t: ['{m}']}`, {
        language,
      }).lists["m"]?.map(({ text, spoken }) => `${text} = ${spoken[0]}`);
    expect(minutes("en", "{one: '# minute', other: '# minutes'}")).toEqual([
      "1 minute = one minute",
      "21 minutes = twenty one minutes",
    ]);
    expect(minutes("ru", "{one: '# минуту', few: '# минуты', many: '# минут'}")).toEqual([
      "1 минуту = одну минуту",
      "21 минуту = двадцать одну минуту",
    ]);
  });

  it("says Russian names in the case the template asks for", () => {
    const book = compile("sentences: {a: ['включи {lights:accusative} {areas:prepositional}']}", {
      language: "ru",
      names: { lights: ["Ночная лампа"], areas: ["Гостиная"] },
    });
    expect(book.lists["lights:accusative"]?.[0]).toMatchObject({
      text: "Ночная лампа",
      spoken: ["Ночную лампу", "Ночная лампа"],
    });
    expect(book.lists["areas:prepositional"]?.[0]?.spoken[0]).toBe("Гостиной");
  });

  it("has the same id for the same content and another for a renamed light", () => {
    const text = "sentences: {on: ['turn on {lights}']}";
    expect(compile(text).id).toBe(compile(text).id);
    expect(compile(text, { names: { ...NAMES, lights: ["Bed Lamp"] } }).id).not.toBe(compile(text).id);
  });

  it("takes names that differ in letter case for one", () => {
    expect(
      compile("sentences: {a: ['{areas}']}", { names: { areas: ["Office", "office "] } }).lists["areas"],
    ).toHaveLength(1);
  });

  it("names templates that want what there is not, and rules that contain themselves", () => {
    const text = "rules: {a: '<b>', b: '<a>'}\nsentences: {x: ['{nowhere}', '<a>', '<missing>']}";
    expect(() => compile(text)).toThrow(
      /s.yaml:3: there is no list {nowhere}\ns.yaml:2: the rule <a> contains itself\ns.yaml:3: there is no rule <missing>/,
    );
  });

  it("bounds the names of one kind and says so", () => {
    const lights = Array.from({ length: 2000 }, (_, at) => `Lamp ${at}`);
    const book = compile("sentences: {on: ['{lights} on']}", { names: { lights } });
    expect(book.lists["lights"]).toHaveLength(1500);
    expect(book.cut).toEqual([
      "Only the first 1500 of 2000 names of lights are understood; expose fewer to voice.",
    ]);
  });
});
