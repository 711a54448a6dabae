import { EngineError } from "../../base/errors.js";
import { ENGINE_RATE_HZ, type VoiceDetectorStream } from "../capability.js";
import type { OnnxSession, TensorValue } from "../onnx/onnx-session.js";

/** Samples per probability: 32 ms at 16 kHz. */
export const FRAME_SAMPLES = 512;

/** End of the frame before, which the network expects in front of the next one. */
const CONTEXT_SAMPLES = 64;

const STATE_DIMS = [2, 1, 128] as const;
const STATE_SIZE = 2 * 1 * 128;

/**
 * One audio stream through the network of Silero VAD v5.
 * In: `input` f32 [1, 576], `state` f32 [2, 1, 128], `sr` i64 []. Out: `output` f32 [1, 1], `stateN` the next state.
 * @see https://github.com/snakers4/silero-vad/blob/master/src/silero_vad/utils_vad.py
 */
export class SileroDetector implements VoiceDetectorStream {
  readonly #session: OnnxSession;
  /** Context, then the frame that is being filled. */
  readonly #window = new Float32Array(CONTEXT_SAMPLES + FRAME_SAMPLES);
  #filled = 0;
  #state: TensorValue = { data: new Float32Array(STATE_SIZE), dims: STATE_DIMS };

  constructor(session: OnnxSession) {
    this.#session = session;
  }

  /** @throws {EngineError} `engine-failed`, `engine-bad-graph` */
  async accept(samples: Float32Array): Promise<Float32Array> {
    const frames = Math.floor((this.#filled + samples.length) / FRAME_SAMPLES);
    const probabilities = new Float32Array(frames);
    let taken = 0;
    for (let frame = 0; frame < frames; frame++) {
      taken += this.#fill(samples.subarray(taken, taken + FRAME_SAMPLES - this.#filled));
      probabilities[frame] = await this.#infer();
    }
    this.#fill(samples.subarray(taken));
    return probabilities;
  }

  cancel(): void {
    this.#filled = 0;
  }

  #fill(samples: Float32Array): number {
    this.#window.set(samples, CONTEXT_SAMPLES + this.#filled);
    this.#filled += samples.length;
    return samples.length;
  }

  async #infer(): Promise<number> {
    const { output, stateN } = await this.#session.run({
      input: { data: this.#window, dims: [1, this.#window.length] },
      state: this.#state,
      sr: { data: BigInt64Array.of(BigInt(ENGINE_RATE_HZ)), dims: [] },
    });
    if (!output || !stateN || stateN.data.length !== STATE_SIZE) {
      throw new EngineError("engine-bad-graph", "The voice detector does not answer like Silero VAD v5.");
    }
    this.#state = stateN;
    this.#window.copyWithin(0, FRAME_SAMPLES);
    this.#filled = 0;
    return Number(output.data[0]);
  }
}
