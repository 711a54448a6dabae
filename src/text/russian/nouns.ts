import { feminine, hard, type Noun, noun, prefixed, soft, withMany } from "./noun.js";

export const metre = hard("метр");
export const degree = hard("градус");
export const percent = hard("процент");
export const gram = hard("грамм");
export const litre = hard("литр");
export const watt = hard("ватт", "ватт");
export const volt = hard("вольт", "вольт");
export const ampere = hard("ампер", "ампер");
export const pascal = soft("паскал");
export const second = feminine("секунд");
export const minute = feminine("минут");
export const hour = hard("час");
export const day = noun("masculine", "д", "ень ня ню ень нём не", "ни ней ням ни нями нях");
export const week = noun("feminine", "недел", "я и е ю ей е", "и ь ям и ями ях");
export const month = noun("masculine", "месяц", "- а у - ем е", "ы ев ам ы ами ах");
/** Its many form is another word: пять лет. */
export const year: Noun = withMany(noun("masculine", "год", "- а у - ом у", "ы ов ам ы ами ах"), "лет");
export const mile = noun("feminine", "мил", "я и е ю ей е", "и ь ям и ями ях");
export const part = noun("feminine", "част", "ь и и ь ью и", "и ей ям и ями ях");
export const person = noun("masculine", "человек", "- а у - ом е", "и - ам и ами ах");
export const piece = feminine("штук");
export const rouble = noun("masculine", "рубл", "ь я ю ь ём е", "и ей ям и ями ях");
export const copeck = withMany(noun("feminine", "копейк", "а и е у ой е", "и - ам и ами ах"), "копеек");
export const dollar = hard("доллар");
export const cent = hard("цент");
export const thousand = noun("feminine", "тысяч", "а и е у ей е", "и - ам и ами ах");
export const million = hard("миллион");
export const milliard = hard("миллиард");
export const trillion = hard("триллион");

const WRITTEN: readonly Noun[] = [
  ...[degree, percent, gram, litre, watt, volt, ampere, second, minute, hour, day, week, month, year, mile],
  ...[metre, prefixed("кило", metre), prefixed("санти", metre), prefixed("милли", metre)],
  ...[prefixed("кило", gram), prefixed("кило", watt), prefixed("кило", hard("ватт-час"))],
  ...[person, piece, rouble, copeck, dollar, cent, thousand, million, milliard],
  ...[hard("раз", "раз"), feminine("комнат"), feminine("ламп"), feminine("страниц")],
  withMany(noun("feminine", "лампочк", "а и е у ой е", "и - ам и ами ах"), "лампочек"),
  withMany(noun("neuter", "окн", "о а у о ом е", "а - ам а ами ах"), "окон"),
  noun("neuter", "устройств", "о а у о ом е", "а - ам а ами ах"),
  noun("feminine", "ноч", "ь и и ь ью и", "и ей ам и ами ах"),
  noun("feminine", "двер", "ь и и ь ью и", "и ей ям и ями ях"),
  noun("neuter", "сообщени", "е я ю е ем и", "я й ям я ями ях"),
];

/** Nouns people write out in full, by each of their forms, for agreement in gender and case. */
export const NOUN_BY_FORM: ReadonlyMap<string, Noun> = new Map(
  WRITTEN.flatMap((what) => [...what.singular, ...what.plural].map((form): [string, Noun] => [form, what])),
);
