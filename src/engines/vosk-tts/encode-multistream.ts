import type { EncodedText } from "./encoded-text.js";
import type { VoskTtsConfig } from "./model-config.js";
import type { Token } from "./tokens.js";

const STREAMS = 5;
/** Frames a written pause adds to the silence it stands at. */
const PAUSE_FRAMES = 20;
/** Marks that colour the melody of the whole sentence, strongest first. */
const SENTENCE_MARKS = ["...", ".", "!", "?", "-"] as const;
const NONE = "_";

interface Position {
  readonly symbol: string;
  /** Marks at this silence, in the order they were written. */
  readonly marks: readonly string[];
  readonly quoted: boolean;
  readonly row: number;
}

/**
 * Input of a multistream model. Its five streams tell for each phoneme: what it is, the mark at it, whether it is in
 * quotes, the next mark, and the next mark that ends or breaks a sentence.
 * @param phonesOf phonemes of a word
 */
export function encodeMultistream(
  tokens: readonly Token[],
  config: VoskTtsConfig,
  phonesOf: (word: string) => readonly string[],
): EncodedText {
  const positions = positionsOf(tokens, config, phonesOf);
  const length = positions.length;
  const input = new BigInt64Array(STREAMS * length);
  const durationExtra = new Float32Array(length);
  const idOf = symbolIds(config);
  let next = " ";
  let nextOfSentence = " ";
  for (let at = length - 1; at >= 0; at -= 1) {
    const { symbol, marks, quoted } = positions[at] ?? SILENCE;
    nextOfSentence = SENTENCE_MARKS.find((mark) => marks.includes(mark)) ?? nextOfSentence;
    const [own] = marks;
    next = own ?? next;
    const streams = [idOf(symbol), idOf(own ?? NONE), quoted ? 1 : 0, idOf(next), idOf(nextOfSentence)];
    streams.forEach((id, stream) => {
      input[stream * length + at] = BigInt(id);
    });
    if (config.kind === "multistream_v3" && marks.includes(NONE)) durationExtra[at] = PAUSE_FRAMES;
  }
  return {
    input,
    dims: [1, STREAMS, length],
    length,
    rows: positions.map(({ row }) => row),
    durationExtra,
    words: tokens
      .filter((token) => token.kind !== "space" && !(token.kind === "mark" && token.text === NONE))
      .map((token) => ({ text: token.kind === "space" ? " " : token.text, counted: token.kind === "word" })),
  };
}

const SILENCE: Position = { symbol: " ", marks: [], quoted: false, row: 0 };

function positionsOf(
  tokens: readonly Token[],
  { kind, ids }: VoskTtsConfig,
  phonesOf: (word: string) => readonly string[],
): readonly Position[] {
  const positions: Position[] = [{ ...SILENCE, symbol: "^" }];
  let marks: string[] = [];
  let quoted = false;
  let row = 1;
  for (const token of tokens) {
    if (token.kind === "mark") {
      if (token.text === '"') quoted = !quoted;
      else marks.push(token.text);
    } else if (token.kind === "space") {
      positions.push({ symbol: " ", marks, quoted, row });
      marks = [];
    } else {
      const phones = phonesOf(token.text.toLowerCase());
      const symbols = kind === "multistream_v1" ? phones : withPlaces(phones, ids);
      for (const symbol of symbols) {
        if (ids.has(symbol)) positions.push({ symbol, marks: [], quoted, row });
      }
      marks = [];
      row += 1;
    }
  }
  positions.push({ symbol: " ", marks, quoted, row }, { symbol: "$", marks: [], quoted: false, row });
  return positions;
}

/** Later models tell a phoneme at the beginning, inside, at the end of a word, or alone. */
function withPlaces(phones: readonly string[], ids: VoskTtsConfig["ids"]): readonly string[] {
  return phones.map((phone, index) => {
    const last = index === phones.length - 1;
    const place = phones.length === 1 ? "S" : index === 0 ? "B" : last ? "E" : "I";
    const placed = `${phone}_${place}`;
    // A place that never occurred in training has no id of its own.
    return ids.has(placed) ? placed : ([`${phone}_I`, phone].find((symbol) => ids.has(symbol)) ?? placed);
  });
}

function symbolIds({ ids }: VoskTtsConfig): (symbol: string) => number {
  const none = ids.get(NONE)?.[0] ?? 0;
  return (symbol) => ids.get(symbol)?.[0] ?? none;
}
