import { EngineError } from "../../base/errors.js";
import type { OnnxSession } from "../onnx/onnx-session.js";
import type { RecentSteps } from "./recent-steps.js";

/** Samples of 16 kHz audio per step: 80 ms. */
export const FRAME_SAMPLES = 1280;
/** Audio before the step that its first spectra need: three hops of 10 ms. */
const CONTEXT_SAMPLES = 480;
/** Spectra one step adds, and numbers in each. */
const STEP_SPECTRA = 8;
const MEL_BINS = 32;
/** Spectra the embedding looks at: 775 ms. */
const WINDOW_SPECTRA = 76;
/** Numbers in one embedding. */
export const EMBEDDING_SIZE = 96;
/** Steps until nothing of what came before is left in the spectra. */
const STEPS_TO_FILL = Math.ceil(WINDOW_SPECTRA / STEP_SPECTRA);
/** These networks want the range of 16-bit integers; what is no number would spoil a second of what follows. */
const toIntegerRange = (sample: number): number =>
  Number.isFinite(sample) ? Math.min(1, Math.max(-1, sample)) * 32_767 : 0;

/** Loudest sample of the noise a fresh stream has heard: 50 dB below full scale. */
const ROOM_NOISE = 0.003;

/** The two networks that turn audio into what word models listen to; one pair serves all words and streams. */
export interface FeatureNetworks {
  readonly melspectrogram: OnnxSession;
  readonly embedding: OnnxSession;
}

/** What a stream has heard so far. Never changed: streams with the same past share it. */
export interface Heard {
  readonly audio: Float32Array;
  readonly spectra: Float32Array;
  /** Newest last. */
  readonly embeddings: Float32Array;
}

/**
 * Turns one audio stream into embeddings, one for each 80 ms.
 * In: spectra f32 [1, samples] → [1, 1, spectra, 32], scaled by x/10 + 2; embedding f32 [1, 76, 32, 1] → [1, 1, 1, 96].
 * @see https://github.com/dscripka/openWakeWord — openwakeword/utils.py, class AudioFeatures
 */
export class SpeechFeatures {
  readonly #networks: FeatureNetworks;
  readonly #steps: RecentSteps;
  #heard: Heard;

  private constructor(networks: FeatureNetworks, steps: RecentSteps, heard: Heard) {
    this.#networks = networks;
    this.#steps = steps;
    this.#heard = heard;
  }

  /**
   * A stream that has heard a quiet room for a while. Word models answer at random to the emptiness of a stream that has
   * heard nothing.
   * @param history embeddings to keep, as many as the longest word needs
   * @param steps where streams with the same audio find each other's work
   */
  static async inQuietRoom(
    networks: FeatureNetworks,
    history: number,
    steps: RecentSteps,
  ): Promise<SpeechFeatures> {
    const features = new SpeechFeatures(networks, steps, {
      audio: new Float32Array(CONTEXT_SAMPLES + FRAME_SAMPLES),
      spectra: new Float32Array(WINDOW_SPECTRA * MEL_BINS),
      embeddings: new Float32Array(history * EMBEDDING_SIZE),
    });
    const noise = roomNoise();
    for (let step = 0; step < STEPS_TO_FILL + history; step++) {
      await features.hear(Float32Array.from({ length: FRAME_SAMPLES }, noise));
    }
    return features;
  }

  /** Another stream with the same past. */
  clone(): SpeechFeatures {
    return new SpeechFeatures(this.#networks, this.#steps, this.#heard);
  }

  /**
   * Takes the next 80 ms; one call at a time.
   * @param frame 1280 samples in [-1, 1]
   * @throws {EngineError} `engine-failed`, `engine-bad-graph`
   */
  async hear(frame: Float32Array): Promise<void> {
    const before = this.#heard;
    this.#heard = await this.#steps.take(before, frame, () => this.#after(before, frame));
  }

  /** The newest embeddings, oldest first. */
  newest(count: number): Float32Array {
    const { embeddings } = this.#heard;
    return embeddings.subarray(embeddings.length - count * EMBEDDING_SIZE);
  }

  async #after(before: Heard, frame: Float32Array): Promise<Heard> {
    const audio = shifted(before.audio, FRAME_SAMPLES);
    for (let i = 0; i < FRAME_SAMPLES; i++) audio[CONTEXT_SAMPLES + i] = toIntegerRange(frame[i] ?? 0);
    const mels = await this.#spectra(audio);
    const spectra = shifted(before.spectra, mels.length);
    for (let i = 0; i < mels.length; i++) {
      spectra[spectra.length - mels.length + i] = (mels[i] ?? 0) / 10 + 2;
    }
    const embeddings = shifted(before.embeddings, EMBEDDING_SIZE);
    embeddings.set(await this.#embedding(spectra), embeddings.length - EMBEDDING_SIZE);
    return { audio, spectra, embeddings };
  }

  async #spectra(audio: Float32Array): Promise<Float32Array> {
    const { melspectrogram } = this.#networks;
    const output = await only(melspectrogram, { data: audio, dims: [1, audio.length] });
    if (output.length === STEP_SPECTRA * MEL_BINS) return output;
    throw new EngineError("engine-bad-graph", "The melspectrogram model is not that of openWakeWord.");
  }

  async #embedding(spectra: Float32Array): Promise<Float32Array> {
    const { embedding } = this.#networks;
    const output = await only(embedding, { data: spectra, dims: [1, WINDOW_SPECTRA, MEL_BINS, 1] });
    if (output.length === EMBEDDING_SIZE) return output;
    throw new EngineError("engine-bad-graph", "The embedding model is not that of openWakeWord.");
  }
}

/**
 * The answer of a network with one input and one output.
 * @throws {EngineError} `engine-bad-graph` when it has others, `engine-failed`
 */
export async function only(
  session: OnnxSession,
  input: { readonly data: Float32Array; readonly dims: readonly number[] },
): Promise<Float32Array> {
  const [inputName, ...otherInputs] = session.inputNames;
  const [outputName, ...otherOutputs] = session.outputNames;
  if (inputName === undefined || outputName === undefined || otherInputs.length + otherOutputs.length > 0) {
    throw new EngineError(
      "engine-bad-graph",
      "A wake-word model has one input and one output; this one has not.",
    );
  }
  const output = (await session.run({ [inputName]: input }))[outputName]?.data;
  if (output instanceof Float32Array) return output;
  throw new EngineError("engine-bad-graph", "The model does not answer in numbers.");
}

/** A copy without its first numbers; room for as many is at its end. */
function shifted(values: Float32Array, by: number): Float32Array {
  const copy = new Float32Array(values.length);
  copy.set(values.subarray(by));
  return copy;
}

/** Quiet noise, the same for every stream, so that what a stream detects depends on its audio alone. */
function roomNoise(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return ((seed / 2_147_483_647) * 2 - 1) * ROOM_NOISE;
  };
}
