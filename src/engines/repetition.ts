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
  return text;
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
