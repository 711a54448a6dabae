import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { LIFE_STAGES } from "../../src/sessions/model-lives.js";
import { PHASES } from "../../src/sessions/snapshot.js";

const WEB = fileURLToPath(new URL("../../addon/web/", import.meta.url));
const read = (name: string): string => readFileSync(join(WEB, name), "utf8");
const scripts = readdirSync(WEB).filter((name) => name.endsWith(".js") && name !== "ru.js");
const source = scripts.map(read).join("\n");
const html = read("index.html");
const { WORDS } = (await import(join(WEB, "ru.js"))) as { WORDS: Readonly<Record<string, string>> };

/** The sentences the page asks to be translated, as far as they are written where they are asked for. */
function asked(): ReadonlySet<string> {
  const inScripts = [...source.matchAll(/\bt\(\s*"((?:[^"\\]|\\.)*)"/g)].map(([, sentence]) => sentence);
  const inPage = [...html.matchAll(/data-t>([^<]*)</g)].map(([, sentence]) => sentence?.trim());
  const labels = [...html.matchAll(/<[^>]*data-t-label[^>]*>/g)].map(
    ([tag]) => /aria-label="([^"]*)"/.exec(tag)?.[1],
  );
  return new Set([...inScripts, ...inPage, ...labels].filter((sentence) => sentence !== undefined));
}

const places = (sentence: string): readonly string[] =>
  [...sentence.matchAll(/\{\d\}/g)].map(([place]) => place).sort();

describe("the page in Russian", () => {
  it("has every sentence that the page asks for", () => {
    expect(asked().size).toBeGreaterThan(80);
    expect([...asked()].filter((sentence) => !(sentence in WORDS))).toEqual([]);
  });

  it("has a word for every state of the program and of a model", () => {
    expect([...PHASES, ...LIFE_STAGES].filter((word) => !(word in WORDS))).toEqual([]);
  });

  it("has no sentence that occurs nowhere", () => {
    const known: readonly string[] = [...PHASES, ...LIFE_STAGES];
    const sessions = fileURLToPath(new URL("../../src/sessions/", import.meta.url));
    const program = readdirSync(sessions)
      .map((name) => readFileSync(join(sessions, name), "utf8"))
      .join("\n");
    const store = readFileSync(
      fileURLToPath(new URL("../../src/assets/model-store.ts", import.meta.url)),
      "utf8",
    );
    const everywhere = `${source}\n${program}\n${store}`;
    const unused = Object.keys(WORDS).filter(
      (sentence) =>
        !asked().has(sentence) &&
        !known.includes(sentence) &&
        !new RegExp(`["\`\\s{]${sentence.replace(/[{}?.]/g, "\\$&")}["\`:]`).test(everywhere),
    );
    expect(unused).toEqual([]);
  });

  it("puts the same things into a sentence, and is in Russian", () => {
    for (const [english, russian] of Object.entries(WORDS)) {
      expect({ english, places: places(russian) }).toEqual({ english, places: places(english) });
      expect(russian).toMatch(/[а-яё]/i);
    }
  });
});
