/** Sounds Whisper describes instead of words: [music], (wind blowing), *sighs*, ♪. */
const ANNOTATION = /\[[^\]]*\]?|\([^)]*\)?|\*[^*]*\*|[♪♫]+/g;

/** sherpa-onnx lets the decoder write this much before it cuts it off. */
const TOKENS_PER_SECOND = 6;

/**
 * What was said, without descriptions of sounds and without the loops a decoder without end falls into on very short
 * speech: "Never mind. Never mind. Never mind. Never mi" is one "Never mind.".
 * @param tokens how many the decoder wrote
 */
export function cleanText(raw: string, tokens: number, seconds: number): string {
  const text = raw.replace(ANNOTATION, " ").replace(/\s+/g, " ").trim();
  // A decoder that ended by itself meant its repetitions: "no no no" may have been said.
  return tokens < Math.floor(seconds * TOKENS_PER_SECOND) ? text : withoutLoop(text);
}

/** Drops all but the first of the repetitions at the end; the last may be cut short. */
function withoutLoop(text: string): string {
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
