/** The newest samples of a stream, up to a bound; older ones are overwritten. For audio from before a detection. */
export class SampleRing {
  readonly capacity: number;
  readonly #samples: Float32Array;
  /** Where the next sample goes. */
  #next = 0;
  #size = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#samples = new Float32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  push(samples: Float32Array): void {
    const newest = samples.subarray(Math.max(0, samples.length - this.capacity));
    const first = newest.subarray(0, this.capacity - this.#next);
    this.#samples.set(first, this.#next);
    this.#samples.set(newest.subarray(first.length), 0);
    this.#next = this.capacity === 0 ? 0 : (this.#next + newest.length) % this.capacity;
    this.#size = Math.min(this.capacity, this.#size + newest.length);
  }

  /** A copy of the newest `count` samples, oldest first; fewer when fewer are held. */
  newest(count: number = this.#size): Float32Array {
    const length = Math.max(0, Math.min(count, this.#size));
    const start = (this.#next - length + this.capacity) % Math.max(1, this.capacity);
    const copy = new Float32Array(length);
    const first = this.#samples.subarray(start, Math.min(this.capacity, start + length));
    copy.set(first);
    copy.set(this.#samples.subarray(0, length - first.length), first.length);
    return copy;
  }

  clear(): void {
    this.#next = 0;
    this.#size = 0;
  }
}
