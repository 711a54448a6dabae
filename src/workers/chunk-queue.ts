/** Chunks of one synthesis between the worker's messages and the consumer's loop. The worker's window bounds it. */
export class ChunkQueue {
  readonly #chunks: Float32Array[] = [];
  #end: { readonly error?: Error } | undefined;
  #wake: (() => void) | undefined;

  get size(): number {
    return this.#chunks.length;
  }

  push(chunk: Float32Array): void {
    this.#chunks.push(chunk);
    this.#wake?.();
  }

  /** No more chunks; with an error, the consumer gets it after the chunks that came before. The first call counts. */
  end(error?: Error): void {
    this.#end ??= error ? { error } : {};
    this.#wake?.();
  }

  /** The next chunk, or undefined at the end. One consumer. */
  async next(): Promise<Float32Array | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) return chunk;
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
