/** Shortest sentence that is told from all others with a word of it missing or one too many. */
const SAFE_WORDS = 5;

/** Part of the words that may differ in something that still resembles a sentence. */
const RESEMBLANCE = 1 / 3;

/**
 * What was most likely meant by words of a grammar.
 * @param given sentences as they were given, by how they are spoken
 * @returns the sentence as given; the heard words where they only resemble one; nothing where they do not
 */
export function nearestSentence(heard: string, given: ReadonlyMap<string, string>): string {
  const exact = given.get(heard);
  if (exact !== undefined || heard === "") return exact ?? heard;
  const words = heard.split(" ");
  const sentences = [...given.keys()].map((spoken) => spoken.split(" "));
  const near = sentences.filter((wanted) => isSafelyNear(wanted, words));
  // A changed word may change the deed, and so may the choice between two sentences.
  if (near.length === 1) return given.get(near[0]?.join(" ") ?? "") ?? heard;
  return isComposed(words, given) || sentences.some((wanted) => resembles(wanted, words)) ? heard : "";
}

/** One word missing or one too many. */
function isSafelyNear(wanted: readonly string[], words: readonly string[]): boolean {
  if (Math.max(wanted.length, words.length) < SAFE_WORDS) return false;
  return isOneLonger(wanted, words) || isOneLonger(words, wanted);
}

function isOneLonger(longer: readonly string[], shorter: readonly string[]): boolean {
  if (longer.length !== shorter.length + 1) return false;
  const at = longer.findIndex((word, i) => word !== shorter[i]);
  return longer.slice(at + 1).every((word, i) => word === shorter[at + i]);
}

/** Whether the words are some of the sentences one after another: grammars of single words are meant so. */
function isComposed(words: readonly string[], given: ReadonlyMap<string, string>): boolean {
  const reached = [true];
  for (let end = 1; end <= words.length; end++) {
    reached[end] = words.some(
      (_, start) => start < end && reached[start] && given.has(words.slice(start, end).join(" ")),
    );
  }
  return reached[words.length] === true;
}

function resembles(wanted: readonly string[], words: readonly string[]): boolean {
  const allowed = Math.max(wanted.length, words.length) * RESEMBLANCE;
  return Math.abs(wanted.length - words.length) <= allowed && wordEdits(wanted, words) <= allowed;
}

/** Fewest words to change, add or drop. */
function wordEdits(wanted: readonly string[], words: readonly string[]): number {
  let row = Array.from({ length: words.length + 1 }, (_, i) => i);
  for (const [i, word] of wanted.entries()) {
    const next = [i + 1];
    for (const [j, other] of words.entries()) {
      const changed = (row[j] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[words.length] ?? 0;
}
