import { EngineError } from "../../base/errors.js";
import type { OnnxSession } from "../onnx/onnx-session.js";
import { EMBEDDING_SIZE, only, type SpeechFeatures } from "./speech-features.js";

/** The network of one wake word. In: the last embeddings f32 [1, 16, 96]. Out: how surely it was said f32 [1, 1]. */
export class WordModel {
  readonly name: string;
  /** Embeddings it looks at, 80 ms each. */
  readonly history: number;
  readonly #session: OnnxSession;

  constructor(name: string, history: number, session: OnnxSession) {
    this.name = name;
    this.history = history;
    this.#session = session;
  }

  /** @returns 0 to 1 @throws {EngineError} `engine-failed`, `engine-bad-graph` */
  async score(features: SpeechFeatures): Promise<number> {
    const data = features.newest(this.history);
    const output = await only(this.#session, { data, dims: [1, this.history, EMBEDDING_SIZE] });
    const [score] = output;
    if (output.length !== 1 || score === undefined || !Number.isFinite(score)) {
      throw new EngineError(
        "engine-bad-graph",
        `The model of ${this.name} is not one of a single wake word.`,
      );
    }
    return Math.min(1, Math.max(0, score));
  }

  close(): Promise<void> {
    return this.#session.release();
  }
}
