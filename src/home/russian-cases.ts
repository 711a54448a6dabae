import type { GrammaticalCase } from "./inflect.js";

type Endings = readonly [pattern: RegExp, replacement: string];

const HUSH = "[гкхжчшщ]";

/** Adjectives, also those that are names of rooms: гостиная, детская. First match wins. */
const ADJECTIVES: Readonly<Record<GrammaticalCase, readonly Endings[]>> = {
  accusative: [
    [/ая$/u, "ую"],
    [/яя$/u, "юю"],
  ],
  genitive: [
    [/(?:ый|ой|ое)$/u, "ого"],
    [/(?<=[гкх])ий$/u, "ого"],
    [/(?:ий|ее)$/u, "его"],
    // Unstressed after a hush: прихожей, but большой.
    [/(?<!больш|чуж)(?<=[жшчщ])ая$/u, "ей"],
    [/ая$/u, "ой"],
    [/яя$/u, "ей"],
    [/ые$/u, "ых"],
    [/ие$/u, "их"],
  ],
  dative: [
    [/(?:ый|ой|ое)$/u, "ому"],
    [/(?<=[гкх])ий$/u, "ому"],
    [/(?:ий|ее)$/u, "ему"],
    // Unstressed after a hush: прихожей, but большой.
    [/(?<!больш|чуж)(?<=[жшчщ])ая$/u, "ей"],
    [/ая$/u, "ой"],
    [/яя$/u, "ей"],
    [/ые$/u, "ым"],
    [/ие$/u, "им"],
  ],
  prepositional: [
    [/(?:ый|ой|ое)$/u, "ом"],
    [/(?<=[гкх])ий$/u, "ом"],
    [/(?:ий|ее)$/u, "ем"],
    // Unstressed after a hush: прихожей, but большой.
    [/(?<!больш|чуж)(?<=[жшчщ])ая$/u, "ей"],
    [/ая$/u, "ой"],
    [/яя$/u, "ей"],
    [/ые$/u, "ых"],
    [/ие$/u, "их"],
  ],
};

const NOUNS: Readonly<Record<GrammaticalCase, readonly Endings[]>> = {
  accusative: [
    [/а$/u, "у"],
    [/я$/u, "ю"],
  ],
  genitive: [
    [/(?<=[гкхжчшщ])а$/u, "и"],
    [/а$/u, "ы"],
    [/[яь]$/u, "и"],
    [/о$/u, "а"],
    [/[ей]$/u, "я"],
    [/(?<=[бвгджзклмнпрстфхцчшщ])$/u, "а"],
  ],
  dative: [
    [/ия$/u, "ии"],
    [/[ая]$/u, "е"],
    [/ь$/u, "и"],
    [/о$/u, "у"],
    [/[ей]$/u, "ю"],
    [/(?<=[гкхжчшщ])и$/u, "ам"],
    [/ы$/u, "ам"],
    [/и$/u, "ям"],
    [/(?<=[бвгджзклмнпрстфхцчшщ])$/u, "у"],
  ],
  prepositional: [
    [/ия$/u, "ии"],
    [/ие$/u, "ии"],
    [/ий$/u, "ии"],
    [/[аяой]$/u, "е"],
    [/ь$/u, "и"],
    [/(?<=[гкхжчшщ])и$/u, "ах"],
    [/ы$/u, "ах"],
    [/и$/u, "ях"],
    [/(?<=[бвгджзклмнпрстфхцчшщ])$/u, "е"],
  ],
};

/** Words of a home whose vowel falls out or whose ending is their own. */
const IRREGULAR: Readonly<Record<string, Readonly<Record<GrammaticalCase, string>>>> = {
  сад: { accusative: "сад", genitive: "сада", dative: "саду", prepositional: "саду" },
  пол: { accusative: "пол", genitive: "пола", dative: "полу", prepositional: "полу" },
  шкаф: { accusative: "шкаф", genitive: "шкафа", dative: "шкафу", prepositional: "шкафу" },
  угол: { accusative: "угол", genitive: "угла", dative: "углу", prepositional: "углу" },
  уголок: { accusative: "уголок", genitive: "уголка", dative: "уголку", prepositional: "уголке" },
  потолок: { accusative: "потолок", genitive: "потолка", dative: "потолку", prepositional: "потолке" },
  чердак: { accusative: "чердак", genitive: "чердака", dative: "чердаку", prepositional: "чердаке" },
};

/** Words that govern what follows, so that a name changes only before them: лампа в спальне. */
const PREPOSITION = /^(?:в|во|на|у|над|под|за|для|из|с|со|к|при|возле|около|перед)$/iu;
const ADJECTIVE = /(?:ый|ий|ой|ая|яя|ое|ее|ые|ие)$/iu;
/** Nouns that end like adjectives. */
const NOT_ADJECTIVE =
  /(?:сценарий|лезвие|освещение|отопление|помещение|питание|покрытие|здание|устройствие)$/iu;
const CYRILLIC = /^[а-яё]+(?:-[а-яё]+)*$/iu;
/** A word that never changes: кафе, пианино, кино, радио; its vowel is part of the stem. */
const FIXED = new RegExp(
  `^(?:кафе|кино|радио|фойе|пианино|видео|аудио|бра|табло|трюмо|жалюзи|${HUSH}?ю)$`,
  "iu",
);

/**
 * A Russian name in a case, as one says it in a sentence: things without life, so the accusative of masculine and plural
 * names is the nominative. Unknown word shapes stay as they are.
 */
export function inflectRussian(name: string, wanted: GrammaticalCase): string {
  const words = name.split(" ");
  const stop = words.findIndex((word) => PREPOSITION.test(word));
  const end = stop < 0 ? words.length : stop;
  let nounSeen = false;
  return words
    .map((word, at) => {
      if (at >= end || nounSeen || !CYRILLIC.test(word) || FIXED.test(word)) return word;
      const adjective = ADJECTIVE.test(word) && !NOT_ADJECTIVE.test(word);
      // After its noun a name goes on in a case of its own: шторы балкона.
      if (!adjective) nounSeen = true;
      return changed(word, adjective, wanted);
    })
    .join(" ");
}

function changed(word: string, adjective: boolean, wanted: GrammaticalCase): string {
  const irregular = IRREGULAR[word.toLowerCase()]?.[wanted];
  if (irregular !== undefined) return matchCase(irregular, word);
  const rule = (adjective ? ADJECTIVES : NOUNS)[wanted].find(([pattern]) => pattern.test(word));
  return rule ? word.replace(rule[0], rule[1]) : word;
}

const matchCase = (text: string, like: string): string =>
  /^\p{Lu}/u.test(like) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
