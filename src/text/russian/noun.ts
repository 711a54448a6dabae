import { endings, type Forms, type Gender } from "./grammar.js";

/** A noun that can be counted. */
export interface Noun {
  readonly gender: Gender;
  readonly singular: Forms;
  readonly plural: Forms;
  /** With 2, 3 and 4: the genitive singular, with the adjective of a phrase in the plural. */
  readonly few: string;
}

/** A noun from its stem and two lines of six endings; `-` is the empty ending. */
export function noun(gender: Gender, stem: string, singular: string, plural: string): Noun {
  const one = endings(stem, singular);
  return { gender, singular: one, plural: endings(stem, plural), few: one[1] };
}

/** Masculine with a hard stem: градус, метр. `many` replaces the genitive plural where it is irregular (вольт). */
export function hard(stem: string, many = `${stem}ов`): Noun {
  return withMany(noun("masculine", stem, "- а у - ом е", "ы ов ам ы ами ах"), many);
}

/** Masculine ending in a soft consonant with many in -ей: рубль is stressed on its endings, so it is not one of these. */
export function soft(stem: string): Noun {
  return noun("masculine", stem, "ь я ю ь ем е", "и ей ям и ями ях");
}

/** A word that never changes: евро, промилле. */
export function fixed(gender: Gender, word: string): Noun {
  return noun(gender, word, "- - - - - -", "- - - - - -");
}

/** Feminine in -а with a hard stem: минута, секунда. */
export function feminine(stem: string, many = stem): Noun {
  return withMany(noun("feminine", stem, "а ы е у ой е", "ы - ам ы ами ах"), many);
}

/** The noun with another genitive plural. */
export function withMany(base: Noun, many: string): Noun {
  const all = base.plural;
  return { ...base, plural: [all[0], many, all[2], all[3], all[4], all[5]] };
}

/** A noun with a prefix: kilo and watt. */
export function prefixed(prefix: string, base: Noun): Noun {
  const add = (all: Forms): Forms => map(all, (form) => prefix + form);
  return {
    gender: base.gender,
    singular: add(base.singular),
    plural: add(base.plural),
    few: prefix + base.few,
  };
}

/** A noun with an adjective in front: `квадратн` and метр give квадратный метр, два квадратных метра. */
export function withAdjective(stem: string, base: Noun): Noun {
  // After к the spelling rule turns ы into и: кубический.
  const i = /[гкх]$/.test(stem) ? "и" : "ы";
  const singular = endings(stem, `${i}й ого ому ${i}й ${i}м ом`);
  const plural = endings(stem, `${i}е ${i}х ${i}м ${i}е ${i}ми ${i}х`);
  return {
    gender: base.gender,
    singular: pair(singular, base.singular),
    plural: pair(plural, base.plural),
    few: `${plural[1]} ${base.few}`,
  };
}

/** A noun followed by words that never change: километр в час. */
export function withTail(base: Noun, tail: string): Noun {
  const add = (all: Forms): Forms => map(all, (form) => `${form} ${tail}`);
  return {
    gender: base.gender,
    singular: add(base.singular),
    plural: add(base.plural),
    few: `${base.few} ${tail}`,
  };
}

function pair(left: Forms, right: Forms): Forms {
  return map(left, (form, index) => `${form} ${right[index] ?? ""}`);
}

function map(all: Forms, change: (form: string, index: number) => string): Forms {
  return [
    change(all[0], 0),
    change(all[1], 1),
    change(all[2], 2),
    change(all[3], 3),
    change(all[4], 4),
    change(all[5], 5),
  ];
}
