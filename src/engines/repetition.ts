/**
 * Drops all but the first of the repetitions at the end of a text, the last of which may be cut short. Decoders fall
 * into such loops on very short or very odd speech; call this only for one that did not end by itself, since
 * "no no no" may have been said.
 */
export function withoutLoop(text: string): string {
  const words = text.split(" ");
  const plain = words.map((word) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
  for (let period = 1; period <= words.length / 2; period++) {
    const repeated = repeatedWords(plain, period);
    if (repeated >= period) return words.slice(0, words.length - repeated).join(" ");
  }
  const start = startedAgain(words, plain);
  return start === undefined ? text : words.slice(0, start).join(" ");
}

/** How many words at the end say again what stands `period` words before them. */
function repeatedWords(words: readonly string[], period: number): number {
  let count = 0;
  for (let at = words.length - 1; at >= period; at--) {
    const earlier = words[at - period] ?? "";
    const word = words[at] ?? "";
    const isCutShort = at === words.length - 1 && word !== "" && earlier.startsWith(word);
    if (word !== earlier && !isCutShort) break;
    count++;
  }
  return count;
}

/**
 * Where the text begins to say itself again from its first word on, after the end of a sentence: "Turn on the lamp.
 * Turn on". One word alone may be how the next sentence begins.
 */
function startedAgain(words: readonly string[], plain: readonly string[]): number | undefined {
  for (let period = 2; period <= words.length - 2; period++) {
    const isSentence = /[.!?…]$/u.test(words[period - 1] ?? "");
    if (isSentence && repeatedWords(plain, period) >= words.length - period) return period;
  }
  return undefined;
}
