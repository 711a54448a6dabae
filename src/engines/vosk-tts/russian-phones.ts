/** Consonants that are hard or soft by the letter after them. */
const PAIRED: Readonly<Record<string, string>> = {
  б: "b",
  в: "v",
  г: "g",
  д: "d",
  з: "z",
  к: "k",
  л: "l",
  м: "m",
  н: "n",
  п: "p",
  р: "r",
  с: "s",
  т: "t",
  ф: "f",
  х: "h",
};
/** Consonants that are always the same. */
const SINGLE: Readonly<Record<string, string>> = { ж: "zh", ц: "c", ч: "ch", ш: "sh", щ: "sch", й: "j" };
const VOWELS: Readonly<Record<string, string>> = {
  а: "a",
  я: "a",
  у: "u",
  ю: "u",
  о: "o",
  ё: "o",
  э: "e",
  е: "e",
  и: "i",
  ы: "y",
};
const SOFTENING = new Set("яёюиье");
/** Vowels that begin with a j after a vowel, a sign or nothing. */
const IOTATED = new Set("яюеё");
/** After these an iotated vowel begins a syllable. */
const OPENING = new Set("ъьаяоёуюэеиы-");

/**
 * Phonemes of a Russian word the dictionary lacks, in the notation of the Vosk voices: `k a0 sh k o1`. A vowel ends
 * in 1 under stress and in 0 elsewhere; a soft consonant ends in j. The voices were trained on words spelled this way,
 * without reduction or devoicing, which they learned by themselves.
 * @param word lower case; `+` in front of a vowel marks its stress. Without a mark the stress is guessed.
 */
export function russianPhones(word: string): readonly string[] {
  const letters = [...stressed(word)];
  const phones: string[] = [];
  let stress = false;
  let previous = "";
  letters.forEach((letter, index) => {
    if (letter === "+") {
      stress = true;
      return;
    }
    const next = letters[index + 1] === "+" ? letters[index + 2] : letters[index + 1];
    const paired = PAIRED[letter];
    const vowel = VOWELS[letter];
    if (paired) phones.push(SOFTENING.has(next ?? "") ? `${paired}j` : paired);
    else if (vowel) {
      if (IOTATED.has(letter) && (previous === "" || OPENING.has(previous))) phones.push("j");
      phones.push(`${vowel}${stress ? 1 : 0}`);
    } else {
      const single = SINGLE[letter];
      if (single) phones.push(single);
    }
    stress = false;
    previous = letter;
  });
  return phones;
}

/** The word with one mark of stress. */
function stressed(word: string): string {
  if (/\+[аяоёуюэеиы]/.test(word)) return word;
  const bare = word.replaceAll("+", "");
  const vowels = [...bare.matchAll(/[аяоёуюэеиы]/g)].map((match) => match.index);
  if (vowels.length === 0) return bare;
  const at = bare.lastIndexOf("ё") >= 0 ? bare.lastIndexOf("ё") : guess(bare, vowels);
  return `${bare.slice(0, at)}+${bare.slice(at)}`;
}

/**
 * Unknown words are mostly names and loans: the last syllable when they end in a consonant (интерн+ет), else the one
 * before it (ал+иса).
 */
function guess(word: string, vowels: readonly number[]): number {
  const last = vowels.at(-1) ?? 0;
  return last === word.length - 1 ? (vowels.at(-2) ?? last) : last;
}
