import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compilePhrases } from "../../src/home/compile-phrases.js";
import { loadSentences, sentenceLanguages } from "../../src/home/load-sentences.js";
import { plainSpeller, plainWords } from "../../src/home/match/plain-speller.js";
import { SentenceMatcher } from "../../src/home/match/sentence-matcher.js";
import { buildWordGraph } from "../../src/home/match/word-graph.js";
import { type HomeNames, NAME_KINDS } from "../../src/home/names.js";
import { spellOut } from "../../src/text/spell-out.js";

const PROGRAM = "models/sentences";

let user: string;
beforeEach(async () => {
  user = await mkdtemp(join(tmpdir(), "sentences-"));
});
afterEach(() => rm(user, { recursive: true }));

const HOMES: Readonly<Record<string, HomeNames>> = {
  en: {
    lights: ["Bed Light"],
    areas: ["Kitchen"],
    locks: ["Front Door"],
    covers: ["Garage Door"],
    climate: ["EcoBee"],
    todo_lists: ["Shopping List"],
    media_players: ["TV"],
    scripts: ["Party Time"],
  },
  fr: { areas: ["Salon"], lights: ["Lampe de chevet"], locks: ["Porte d'entrée"] },
  de: { areas: ["Küche"], lights: ["Stehlampe"], covers: ["Garagentor"], todo_lists: ["Einkaufsliste"] },
  es: { areas: ["Cocina"], lights: ["Lámpara de pie"], covers: ["Puerta del garaje"] },
  ru: { areas: ["Гостиная"], lights: ["Ночная лампа"], weather: ["Москва"] },
};

/** Usual ways to say things, and what is to be written for them. */
const SAID: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  en: {
    "set bed light brightness to 50 percent": "set Bed Light brightness to 50 percent",
    "turn off all the lights in the kitchen": "turn off all the lights in the Kitchen",
    "is the garage door open": "is the Garage Door open",
    "set ecobee to 72 degrees": "set EcoBee to 72 degrees",
    "set a timer for 1 hour and 15 minutes": "set a timer for 1 hour and 15 minutes",
    "set a 5 minute timer": "set a 5 minute timer",
    "add milk to my shopping list": "add milk to my Shopping List",
    "run party time": "run Party Time",
    "never mind": "nevermind",
    "turn up the volume on the tv": "turn up the volume on the TV",
    "how much time is left on my timer": "how much time is left on my timer",
  },
  fr: {
    "allume la lampe de chevet": "allume la Lampe de chevet",
    "minuteur 21 minutes": "minuteur 21 minutes",
    "éteins toutes les lumières du salon": "éteins toutes les lumières du Salon",
    "verrouille la porte d'entrée": "verrouille la Porte d'entrée",
    "quelle heure est-il": "quelle heure est-il",
  },
  de: {
    "schalte das licht in der küche ein": "schalte das Licht in der Küche ein",
    "stell die stehlampe auf 50 prozent": "stell die Stehlampe auf 50 Prozent",
    "setze milch auf die einkaufsliste": "setze Milch auf die Einkaufsliste",
    "wie spät ist es": "wie spät ist es",
  },
  es: {
    "enciende la luz de la cocina": "enciende la luz de la Cocina",
    "pon un temporizador de 21 minutos": "pon un temporizador de 21 minutos",
    "abre la puerta del garaje": "abre la Puerta del garaje",
    "qué hora es": "qué hora es",
  },
  ru: {
    "выключи ночную лампу": "выключи Ночная лампа",
    "какая погода в москве": "какая погода в Москва",
    "включи свет в гостиной": "включи свет в Гостиная",
    "поставь таймер на 21 минуту": "поставь таймер на 21 минуту",
  },
};

describe("loadSentences", () => {
  it("has templates for the languages the program speaks", async () => {
    expect(await sentenceLanguages(PROGRAM)).toEqual(["de", "en", "es", "fr", "ru"]);
  });

  it.each(["de", "en", "es", "fr", "ru"])(
    "finds no mistake in those for %s, with names of every kind",
    async (language) => {
      const { files, problems } = await loadSentences({ program: PROGRAM }, language);
      expect(problems).toEqual([]);
      const names = Object.fromEntries(NAME_KINDS.map((kind) => [kind, [`${kind} name`]]));
      const full = compilePhrases({ language, names, files });
      const empty = compilePhrases({ language, names: {}, files });
      expect(full.sentences.length).toBeGreaterThan(empty.sentences.length);
      expect(empty.sentences.length).toBeGreaterThan(20);
    },
  );

  it.each(["de", "en", "es", "fr", "ru"])("understands what people usually say in %s", async (language) => {
    const { files } = await loadSentences({ program: PROGRAM }, language);
    const book = compilePhrases({ language, names: HOMES[language] ?? {}, files });
    const matcher = new SentenceMatcher(buildWordGraph(book, plainSpeller), book.skipWords);
    const said = Object.keys(SAID[language] ?? {});
    const understood = said.map((sentence) => [
      sentence,
      matcher.match(plainWords(spellOut(sentence, language))).text,
    ]);
    expect(Object.fromEntries(understood)).toEqual(SAID[language]);
  });

  it("adds the user's files of the language, and names their mistakes", async () => {
    await writeFile(join(user, "cat.yaml"), "language: en\nsentences:\n  cat: [feed the cat, 'feed (the']\n");
    await writeFile(join(user, "chat.yaml"), "language: fr\nsentences: {chat: [nourris le chat]}\n");
    const { files, problems } = await loadSentences({ program: PROGRAM, user }, "en_US");
    expect(files.map(({ file }) => file)).toEqual(["sentences/en.yaml", join(user, "cat.yaml")]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${join(user, "cat.yaml")}:3: `);
  });

  it("does without a folder of the user's and without templates of a language", async () => {
    const nothing = await loadSentences({ program: PROGRAM, user: join(user, "none") }, "uk");
    expect(nothing).toEqual({ files: [], problems: [] });
  });
});
