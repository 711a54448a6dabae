/** Spellings of one sound, per letter group; applied in this order. Rough on purpose: it compares, it does not speak. */
const FOLDS: readonly (readonly [RegExp, string])[] = [
  [/ß/gu, "ss"],
  [/æ|œ/gu, "e"],
  [/ё/gu, "е"],
  [/sch|tsch|sh|ch/gu, "x"],
  [/ph/gu, "f"],
  [/ck|qu|[cqk]/gu, "k"],
  [/th/gu, "t"],
  [/gh/gu, "g"],
  [/[zs]/gu, "s"],
  [/w/gu, "v"],
  [/y/gu, "i"],
  [/(?<=\p{L})h/gu, ""],
  [/(\p{L})\1+/gu, "$1"],
];

const VOWELS = new Set("aeiouаеиоуыэюя");
/** Pairs of letters that are easily taken for one another. */
const KIN = new Set([
  "bp",
  "dt",
  "gk",
  "fv",
  "mn",
  "бп",
  "дт",
  "гк",
  "вф",
  "мн",
  "зс",
  "жш",
  "gj",
  "bv",
  "lr",
]);

/**
 * How different two words sound, judged by their letters: 0 for the same sound, 1 for nothing in common. For any language
 * written with an alphabet.
 */
export function soundDistance(one: string, other: string): number {
  if (one === other) return 0;
  const [a, b] = [fold(one), fold(other)];
  if (a === b) return 0.05;
  const longest = Math.max(a.length, b.length);
  if (longest === 0) return 1;
  return Math.min(1, Math.max(0.1, editCost(a, b) / longest));
}

function fold(word: string): string {
  const plain = word
    .toLowerCase()
    .normalize("NFD")
    .replace(/(?<![и])\p{M}/gu, "")
    .normalize("NFC")
    .replace(/[^\p{L}]/gu, "");
  return FOLDS.reduce((text, [pattern, by]) => text.replace(pattern, by), plain);
}

function editCost(a: string, b: string): number {
  let row = Float32Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 0; i < a.length; i++) {
    const next = new Float32Array(b.length + 1);
    next[0] = i + 1;
    for (let j = 0; j < b.length; j++) {
      const changed = (row[j] ?? 0) + letterCost(a.charAt(i), b.charAt(j));
      next[j + 1] = Math.min(
        changed,
        (row[j + 1] ?? 0) + dropCost(a.charAt(i)),
        (next[j] ?? 0) + dropCost(b.charAt(j)),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** A vowel is swallowed sooner than a consonant. */
const dropCost = (letter: string): number => (VOWELS.has(letter) ? 0.7 : 1);

function letterCost(one: string, other: string): number {
  if (one === other) return 0;
  if (VOWELS.has(one) && VOWELS.has(other)) return 0.5;
  return KIN.has(one + other) || KIN.has(other + one) ? 0.4 : 1;
}
