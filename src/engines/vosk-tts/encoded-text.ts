/** A sentence as the network takes it. */
export interface EncodedText {
  /** Ids, stream after stream. */
  readonly input: BigInt64Array;
  /** `[1, length]`, or `[1, 5, length]` with streams. */
  readonly dims: readonly number[];
  readonly length: number;
  /** For each position the row of word embeddings it takes: 0 the start, then the counted words, then the end. */
  readonly rows: readonly number[];
  /** Frames to add to each position. */
  readonly durationExtra: Float32Array;
  /** The sentence for the language model; only counted parts have a row. */
  readonly words: readonly { readonly text: string; readonly counted: boolean }[];
}
