import { EngineError } from "../../base/errors.js";
import type { OnnxSession, TensorValue } from "../onnx/onnx-session.js";
import { encodeMultistream } from "./encode-multistream.js";
import { encodePlain } from "./encode-plain.js";
import type { EncodedText } from "./encoded-text.js";
import type { VoskTtsConfig } from "./model-config.js";
import type { Pronunciations } from "./pronunciations.js";
import { russianPhones } from "./russian-phones.js";
import { tokensOf } from "./tokens.js";
import { noEmbeddings, type WordEmbeddings } from "./word-embeddings.js";

/** Parts of one loaded voice. */
export interface VoiceParts {
  readonly config: VoskTtsConfig;
  readonly session: OnnxSession;
  readonly pronunciations: Pronunciations;
  /** Absent for voices without a language model. */
  readonly embeddings?: WordEmbeddings;
}

/** A Vosk voice: sentences in, samples out. */
export class VoiceNetwork {
  readonly config: VoskTtsConfig;
  readonly #parts: VoiceParts;

  constructor(parts: VoiceParts) {
    this.config = parts.config;
    this.#parts = parts;
  }

  /**
   * One sentence of Cyrillic words and marks.
   * @param options `speaker` by number, `speed` 1 for normal
   * @returns samples in [-1, 1] at the model's rate
   * @throws {EngineError} `engine-failed`, `engine-bad-graph`
   */
  async speak(
    sentence: string,
    options: { readonly speaker: number; readonly speed: number },
  ): Promise<Float32Array> {
    const { session } = this.#parts;
    const outputs = await session.run(await this.#inputs(this.encode(sentence), options));
    const samples = outputs[session.outputNames[0] ?? ""]?.data;
    if (!(samples instanceof Float32Array)) {
      throw new EngineError("engine-bad-graph", "The voice's network does not answer with samples.");
    }
    return samples.map((sample) => {
      const louder = sample * this.config.gain;
      return Number.isFinite(louder) ? Math.max(-1, Math.min(1, louder)) : 0;
    });
  }

  /** The sentence as the network takes it. */
  encode(sentence: string): EncodedText {
    const { kind } = this.config;
    const encode = kind === "plain" ? encodePlain : encodeMultistream;
    return encode(tokensOf(sentence, kind), this.config, (word) => this.#phonesOf(word));
  }

  async close(): Promise<void> {
    const { session, embeddings, pronunciations } = this.#parts;
    pronunciations.close();
    await embeddings?.close();
    await session.release();
  }

  /** A mark of stress asks for that stress, whatever the dictionary says. */
  #phonesOf(word: string): readonly string[] {
    return this.#parts.pronunciations.find(word) ?? russianPhones(word);
  }

  /** Only what the network has an input for: models of one kind differ in it. */
  async #inputs(
    text: EncodedText,
    { speaker, speed }: { readonly speaker: number; readonly speed: number },
  ): Promise<Readonly<Record<string, TensorValue>>> {
    const { session, embeddings } = this.#parts;
    const { noise, durationNoise } = this.config;
    const takes = (name: string) => session.inputNames.includes(name);
    const scales = Float32Array.of(noise, 1 / (this.config.speed * speed), durationNoise);
    const bert = takes("bert") ? await (embeddings?.embed(text) ?? noEmbeddings(text.length)) : undefined;
    return {
      input: { data: text.input, dims: text.dims },
      input_lengths: { data: BigInt64Array.of(BigInt(text.length)), dims: [1] },
      scales: { data: scales, dims: [3] },
      ...(takes("sid") ? { sid: { data: BigInt64Array.of(BigInt(speaker)), dims: [1] } } : {}),
      ...(bert ? { bert } : {}),
      ...(takes("phone_duration_extra")
        ? { phone_duration_extra: { data: text.durationExtra, dims: [1, text.length] } }
        : {}),
    };
  }
}
