import { EngineError } from "../../base/errors.js";
import type { OnnxSession } from "../onnx/onnx-session.js";
import type { EncodedText } from "./encoded-text.js";
import type { WordPieces } from "./word-pieces.js";

/** A value for each position of a sentence and each dimension, dimension after dimension. */
export interface PositionEmbeddings {
  readonly data: Float32Array;
  /** `[1, hidden, length]` */
  readonly dims: readonly [1, number, number];
}

/** Dimensions of the models published so far. */
const USUAL_HIDDEN = 768;

/** What a model without its language model is fed: nothing is known about the words. */
export function noEmbeddings(length: number): PositionEmbeddings {
  return { data: new Float32Array(USUAL_HIDDEN * length), dims: [1, USUAL_HIDDEN, length] };
}

/** The language model that tells the voice what the words mean together. */
export class WordEmbeddings {
  readonly #session: OnnxSession;
  readonly #pieces: WordPieces;
  readonly #lowerCase: boolean;

  /** @param lowerCase as the vocabulary of multistream v3 wants it */
  constructor(session: OnnxSession, pieces: WordPieces, { lowerCase }: { readonly lowerCase: boolean }) {
    this.#session = session;
    this.#pieces = pieces;
    this.#lowerCase = lowerCase;
  }

  /** @throws {EngineError} `engine-failed`, `engine-bad-graph` */
  async embed({ words, rows, length }: EncodedText): Promise<PositionEmbeddings> {
    const parts = this.#lowerCase
      ? words.map(({ text, counted }) => ({ text: text.toLowerCase(), counted }))
      : words;
    const { ids, firsts } = this.#pieces.encode(parts);
    const output = await this.#run(ids);
    const hidden = output.length / ids.length;
    const data = new Float32Array(hidden * length);
    rows.forEach((row, position) => {
      const start = (firsts[Math.min(row, firsts.length - 1)] ?? 0) * hidden;
      for (let index = 0; index < hidden; index += 1) {
        data[index * length + position] = output[start + index] ?? 0;
      }
    });
    return { data, dims: [1, hidden, length] };
  }

  close(): Promise<void> {
    return this.#session.release();
  }

  async #run(ids: readonly number[]): Promise<Float32Array> {
    const dims = [1, ids.length];
    const whole = (value: (id: number) => bigint) => ({ data: BigInt64Array.from(ids, value), dims });
    const all = {
      input_ids: whole(BigInt),
      attention_mask: whole(() => 1n),
      token_type_ids: whole(() => 0n),
    };
    const known = Object.entries(all).filter(([name]) => this.#session.inputNames.includes(name));
    const outputs = await this.#session.run(Object.fromEntries(known));
    const first = outputs[this.#session.outputNames[0] ?? ""]?.data;
    if (first instanceof Float32Array && first.length > 0 && first.length % ids.length === 0) return first;
    throw new EngineError(
      "engine-bad-graph",
      "The language model of the voice answers in another shape than BERT.",
    );
  }
}
