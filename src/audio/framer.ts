/** Cuts a stream of samples into frames of one length, as detectors take them. */
export class Framer {
  readonly frameSamples: number;
  #rest: Float32Array;
  #filled = 0;

  constructor(frameSamples: number) {
    this.frameSamples = frameSamples;
    this.#rest = new Float32Array(frameSamples);
  }

  /** Frames completed by these samples; each is the caller's to keep. */
  push(samples: Float32Array): Float32Array[] {
    const frames: Float32Array[] = [];
    let position = 0;
    while (position < samples.length) {
      const taken = Math.min(this.frameSamples - this.#filled, samples.length - position);
      this.#rest.set(samples.subarray(position, position + taken), this.#filled);
      this.#filled += taken;
      position += taken;
      if (this.#filled < this.frameSamples) break;
      frames.push(this.#rest);
      this.#rest = new Float32Array(this.frameSamples);
      this.#filled = 0;
    }
    return frames;
  }

  /** The unfinished frame filled up with silence, or undefined when there is none. */
  flush(): Float32Array | undefined {
    if (this.#filled === 0) return undefined;
    const last = this.#rest;
    this.#rest = new Float32Array(this.frameSamples);
    this.#filled = 0;
    return last;
  }
}
