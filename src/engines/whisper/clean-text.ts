import { withoutLoop } from "../repetition.js";

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
  return tokens < Math.floor(seconds * TOKENS_PER_SECOND) ? text : withoutLoop(text);
}
