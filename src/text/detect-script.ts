import { baseLanguage } from "./language.js";

export type Script =
  | "cyrillic"
  | "latin"
  | "greek"
  | "arabic"
  | "hebrew"
  | "han"
  | "kana"
  | "hangul"
  | "devanagari"
  | "georgian"
  | "armenian"
  | "thai";

const SCRIPTS: readonly (readonly [Script, RegExp])[] = [
  ["cyrillic", /\p{Script=Cyrillic}/gu],
  ["latin", /\p{Script=Latin}/gu],
  ["greek", /\p{Script=Greek}/gu],
  ["arabic", /\p{Script=Arabic}/gu],
  ["hebrew", /\p{Script=Hebrew}/gu],
  ["kana", /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ["hangul", /\p{Script=Hangul}/gu],
  ["han", /\p{Script=Han}/gu],
  ["devanagari", /\p{Script=Devanagari}/gu],
  ["georgian", /\p{Script=Georgian}/gu],
  ["armenian", /\p{Script=Armenian}/gu],
  ["thai", /\p{Script=Thai}/gu],
];

/** Scripts that belong to languages people have voices for; Latin ones are the rest. */
const LANGUAGES: Readonly<Partial<Record<Script, readonly string[]>>> = {
  cyrillic: ["ru", "uk", "bg", "be", "sr", "mk", "kk", "ky", "tg", "mn", "tt"],
  greek: ["el"],
  arabic: ["ar", "fa", "ur"],
  hebrew: ["he"],
  kana: ["ja"],
  hangul: ["ko"],
  han: ["zh", "ja", "yue"],
  devanagari: ["hi", "ne", "mr"],
  georgian: ["ka"],
  armenian: ["hy"],
  thai: ["th"],
};

/** Letters and words that give a language away, and how much each counts. */
const HINTS: Readonly<Record<string, { readonly letters?: RegExp; readonly words: string }>> = {
  ru: { letters: /[ыэъё]/gu, words: "и в не на что с по это как из для или если включи выключи сейчас" },
  uk: { letters: /[іїєґ]/gu, words: "і в не на що з це як та або якщо увімкни зараз" },
  be: { letters: /[ўі]/gu, words: "і ў не на што з гэта як або" },
  bg: { letters: /ъ/gu, words: "и в не на че с това как за или е са" },
  sr: { letters: /[јљњђћџ]/gu, words: "и у не на да је са то као или" },
  kk: { letters: /[әғқңөұүһ]/gu, words: "және бұл мен үшін" },
  en: { words: "the is are and of to in it you what turn on off with for this that a an" },
  de: {
    letters: /[äöüß]/giu,
    words: "der die das und ist ein eine nicht ich du mit auf im den zu was wie schalte an",
  },
  fr: {
    letters: /[çèêëîïœùû]/giu,
    words: "le la les et est un une des du dans que qui pas je vous sur il quel allume",
  },
  es: { letters: /[ñ¿¡]/giu, words: "el la los las y es un una que en de con por para no qué enciende" },
  it: { letters: /[òì]/giu, words: "il lo la gli e è un una che di non con per sono accendi" },
  pt: { letters: /[ãõ]/giu, words: "o a os as e é um uma que não com para em do da ligue" },
  nl: { letters: /ij/giu, words: "de het een en is niet van ik je met op wat zet aan" },
  pl: { letters: /[ąćęłńśźż]/giu, words: "i w nie na to jest się z że do jak włącz" },
  cs: { letters: /[ěřůžšč]/giu, words: "a v je na se to že s z jak zapni" },
  sv: { letters: /å/giu, words: "och är det en ett att som på inte jag vad med tänd" },
  tr: { letters: /[ğışİ]/gu, words: "ve bir bu ne için ile da de aç" },
};

/** The script most letters of a text are in; undefined without letters. */
export function detectScript(text: string): Script | undefined {
  let best: Script | undefined;
  let most = 0;
  for (const [script, letters] of SCRIPTS) {
    const count = [...text.matchAll(letters)].length;
    if (count > most) [best, most] = [script, count];
  }
  // Japanese is mostly Han with some kana in between.
  return best === "han" && /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text) ? "kana" : best;
}

/**
 * Which of the languages a text is most likely in, by script first and then by telling letters and words.
 * @param candidates language codes, most welcome first; codes with a region are returned as they are
 * @returns undefined when the text's script belongs to none of them
 */
export function guessLanguage(text: string, candidates: readonly string[]): string | undefined {
  const script = detectScript(text);
  if (script === undefined) return candidates[0];
  const possible = candidates.filter((code) => writtenIn(baseLanguage(code), script));
  let best: string | undefined;
  let highest = -1;
  for (const code of possible) {
    const score = scoreOf(text, baseLanguage(code));
    if (score > highest) [best, highest] = [code, score];
  }
  return best;
}

function writtenIn(language: string, script: Script): boolean {
  const owners = LANGUAGES[script];
  if (owners) return owners.includes(language);
  return !Object.values(LANGUAGES).some((languages) => languages?.includes(language)) || language === "sr";
}

function scoreOf(text: string, language: string): number {
  const hints = HINTS[language];
  if (!hints) return 0;
  const common = new Set(hints.words.split(" "));
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const letters = hints.letters ? [...text.matchAll(hints.letters)].length : 0;
  return letters * 2 + words.filter((word) => common.has(word)).length * 3;
}
