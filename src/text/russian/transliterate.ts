import { FOREIGN_WORDS } from "./foreign-words.js";
import { LATIN_LETTERS, LOOK_ALIKES, spellLetters } from "./letters.js";

/** Spelled letter by letter although they could be read. */
const SPELLED = new Set("LED USB HA AI IP ID IT OS TV UPS URL API EU UI UK USA".split(" "));

const SPELLED_CYRILLIC = new Set(
  "США ООН ООО ОАО АО ИИ ЕС ЭВМ АЭС ЦРУ ФИО ЧП УФ ИК ЭКГ АКБ УЗО ИБП".split(" "),
);

/**
 * Text in which every Latin word is written in Cyrillic, as a Russian would read it; abbreviations become letter names.
 * Other characters stay. For engines that drop Latin letters silently.
 */
export function transliterate(text: string): string {
  return text
    .replace(/\p{L}[\p{L}\p{M}'’-]*/gu, (word) => (/[A-Za-zÀ-ž]/.test(word) ? transliterateWord(word) : word))
    .replace(/(?<!\p{L})(\p{Lu}{2,6})(?!\p{L})/gu, (word) =>
      word === "США" ? "сэ шэ а" : isSpelledCyrillic(word) ? spellLetters(word) : word,
    );
}

function transliterateWord(written: string): string {
  const word = written
    .normalize("NFD")
    .replace(/\p{M}/gu, (mark, index: number, all: string) =>
      // Only marks on Latin letters go: й and ё are letters of their own.
      /\p{Script=Cyrillic}/u.test(all[index - 1] ?? "") ? mark : "",
    )
    .normalize("NFC");
  if (/\p{Script=Cyrillic}/u.test(word)) return mixed(word);
  if (/^[A-Z]$/.test(word)) return spellLetters(word);
  const known = FOREIGN_WORDS.get(word.toLowerCase());
  if (known !== undefined) return known;
  if (word.includes("-"))
    return word
      .split("-")
      .map((part) => (part === "" ? "" : transliterateWord(part)))
      .join(" ");
  const camel = word.split(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
  if (camel.length > 1) return camel.map(transliterateWord).join(" ");
  const bare = word.replace(/['’]/g, "");
  if (isSpelledLatin(bare)) return spellLetters(bare);
  return bySound(bare.toLowerCase());
}

/** A Cyrillic word with stray Latin look-alikes, or a Latin one with a Cyrillic ending: "Wi-Fi-роутер". */
function mixed(word: string): string {
  const repaired = [...word].map((letter) => LOOK_ALIKES[letter] ?? letter).join("");
  if (!/[A-Za-z]/.test(repaired) && !word.includes("-")) return repaired;
  return word
    .split(/(?<=[A-Za-z])-?(?=\p{Script=Cyrillic})|(?<=\p{Script=Cyrillic})-?(?=[A-Za-z])/u)
    .map((part) => (/[A-Za-z]/.test(part) ? transliterateWord(part) : part))
    .join(" ");
}

function isSpelledLatin(word: string): boolean {
  if (word.length === 1 || SPELLED.has(word)) return true;
  if (/^[bcdfghjklmnpqrstvwxz]+$/i.test(word)) return true;
  return /^[A-Z]{2,5}$/.test(word) && (word.length <= 3 || !/[AEIOUY]/.test(word.slice(1, -1)));
}

/** Cyrillic capitals are spelled when they have no vowel to read them by, or by custom. */
function isSpelledCyrillic(word: string): boolean {
  if (!/^\p{Script=Cyrillic}+$/u.test(word)) return false;
  return SPELLED_CYRILLIC.has(word) || !/[АЕЁИОУЫЭЮЯ]/.test(word);
}

/** Letter groups by their usual English sound, tried in this order at every place. */
const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/^tion/, "шн"],
  [/^ssion/, "шн"],
  [/^ture$/, "чер"],
  [/^ough/, "оу"],
  [/^igh/, "ай"],
  [/^eigh/, "эй"],
  [/^sch/, "ш"],
  [/^tch/, "ч"],
  [/^sh/, "ш"],
  [/^ch/, "ч"],
  [/^ph/, "ф"],
  [/^th/, "т"],
  [/^wh/, "у"],
  [/^ck/, "к"],
  [/^qu/, "кв"],
  [/^kn(?=[aeiouy])/, "н"],
  [/^wr/, "р"],
  [/^ng$/, "нг"],
  [/^oo/, "у"],
  [/^ee/, "и"],
  [/^ea/, "и"],
  [/^ou/, "ау"],
  [/^ow$/, "оу"],
  [/^ow/, "ау"],
  [/^ai|^ay|^ei|^ey(?!$)/, "эй"],
  [/^ey$/, "и"],
  [/^oa/, "оу"],
  [/^oi|^oy/, "ой"],
  [/^au|^aw/, "о"],
  [/^ew/, "ью"],
  [/^ia/, "ия"],
  [/^io/, "ио"],
  [/^ya/, "я"],
  [/^yo/, "йо"],
  [/^yu/, "ю"],
  [/^ye/, "е"],
  [/^er$/, "ер"],
  [/^or$/, "ор"],
  [/^a(?=[bdfgklmnprstvz]e$)/, "эй"],
  [/^i(?=[bdfgklmnprstvz]e$)/, "ай"],
  [/^o(?=[bdfgklmnprstvz]e$)/, "оу"],
  [/^u(?=[bdfgklmnprstvz]e$)/, "ю"],
  [/^c(?=[eiy])/, "с"],
  [/^g(?=[eiy])/, "дж"],
  [/^j/, "дж"],
  [/^x/, "кс"],
  [/^w/, "в"],
  [/^y$/, "и"],
  [/^y(?=[aeiou])/, "й"],
];
const SINGLE: Readonly<Record<string, string>> = {
  a: "а",
  b: "б",
  c: "к",
  d: "д",
  e: "е",
  f: "ф",
  g: "г",
  h: "х",
  i: "и",
  k: "к",
  l: "л",
  m: "м",
  n: "н",
  o: "о",
  p: "п",
  q: "к",
  r: "р",
  s: "с",
  t: "т",
  u: "у",
  v: "в",
  y: "и",
  z: "з",
};

function bySound(word: string): string {
  let said = "";
  for (let at = 0; at < word.length; ) {
    const rest = word.slice(at);
    // A final e after a consonant is mute, except in words too short to lose it.
    if (rest === "e" && word.length > 3 && /[^aeiouy]$/.test(word.slice(0, -1))) break;
    const found = SOUNDS.find(([pattern]) => pattern.test(rest));
    const length = found ? (found[0].exec(rest)?.[0].length ?? 1) : 1;
    const letter = rest[0] ?? "";
    // At the start e is э, as in all loans: "эдж".
    const single = at === 0 && letter === "e" ? "э" : (SINGLE[letter] ?? LATIN_LETTERS[letter] ?? letter);
    said += found ? found[1] : single;
    at += length;
  }
  return said;
}
