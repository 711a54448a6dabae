import { type Kernel, kernelFor } from "./sinc-kernel.js";

/** Phases whose weights are kept; pairs of rates with more (44099 to 16000 Hz) compute them for each sample. */
const MAX_KEPT_PHASES = 1024;

/**
 * Changes the rate of one mono stream, piece by piece. Output does not depend on how the input was cut, is aligned
 * with the input (no delay) and has `ceil(inputSamples * toHz / fromHz)` samples after `flush`.
 * The outer 16 % of the narrower band fade out; alias and image are below -75 dB.
 */
export class Resampler {
  readonly fromHz: number;
  readonly toHz: number;
  readonly #kernel: Kernel;
  /** Phases of the rational ratio: output sample n lies at input time `n * #step / #phases`. */
  readonly #phases: number;
  readonly #step: number;
  readonly #kept: (Float32Array | undefined)[] = [];
  /** Input not yet passed by; its first sample has index `#pendingStart`. */
  #pending: Float32Array = new Float32Array(0);
  #pendingStart = 0;
  /** Next output: after input sample `#index` by `#phase / #phases`. */
  #index = 0;
  #phase = 0;

  constructor(fromHz: number, toHz: number) {
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.fromHz = fromHz;
    this.toHz = toHz;
    this.#phases = toHz / divisor;
    this.#step = fromHz / divisor;
    this.#kernel = kernelFor(fromHz, toHz);
    this.#restart();
  }

  /** Output that no later input can change. */
  push(samples: Float32Array): Float32Array {
    if (this.fromHz === this.toHz) return samples;
    this.#append(samples);
    return this.#produce(this.#inputEnd() - this.#kernel.reach);
  }

  /** The rest of the output, as if silence followed; afterwards a new stream may begin. */
  flush(): Float32Array {
    if (this.fromHz === this.toHz) return new Float32Array(0);
    const end = this.#inputEnd();
    this.#append(new Float32Array(this.#kernel.reach));
    const tail = this.#produce(end);
    this.#restart();
    return tail;
  }

  #restart(): void {
    // Silence before the first sample.
    this.#pending = new Float32Array(this.#kernel.reach);
    this.#pendingStart = -this.#kernel.reach;
    this.#index = 0;
    this.#phase = 0;
  }

  #inputEnd(): number {
    return this.#pendingStart + this.#pending.length;
  }

  /** Drops what lies behind the next output's reach and appends. */
  #append(samples: Float32Array): void {
    const passed = Math.max(0, this.#index + 1 - this.#kernel.reach - this.#pendingStart);
    const kept = this.#pending.subarray(Math.min(passed, this.#pending.length));
    const joined = new Float32Array(kept.length + samples.length);
    joined.set(kept);
    joined.set(samples, kept.length);
    this.#pending = joined;
    this.#pendingStart += passed;
  }

  /** All outputs before input index `end`. */
  #produce(end: number): Float32Array {
    const ahead = (end - this.#index) * this.#phases - this.#phase;
    const output = new Float32Array(Math.max(0, Math.ceil(ahead / this.#step)));
    for (let n = 0; n < output.length; n++) {
      output[n] = this.#outputAt(this.#index + 1 - this.#kernel.reach - this.#pendingStart);
      this.#phase += this.#step;
      this.#index += Math.floor(this.#phase / this.#phases);
      this.#phase %= this.#phases;
    }
    return output;
  }

  #outputAt(first: number): number {
    const weights = this.#weights();
    const input = this.#pending;
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? 0) * (input[first + i] ?? 0);
    return sum;
  }

  #weights(): Float32Array {
    const kept = this.#kept[this.#phase];
    if (kept) return kept;
    const weights = this.#kernel.weights(this.#phase / this.#phases);
    if (this.#phases <= MAX_KEPT_PHASES) this.#kept[this.#phase] = weights;
    return weights;
  }
}

/** A whole recording at another rate. */
export function resample(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  const resampler = new Resampler(fromHz, toHz);
  return concatSamples([resampler.push(samples), resampler.flush()]);
}

/** Pieces in one array. */
export function concatSamples(pieces: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
