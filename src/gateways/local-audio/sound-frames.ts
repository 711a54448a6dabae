/** Cuts sound of any piece size into equal frames; the rest waits for the next piece. */
export class SoundFrames {
  readonly #bytes: number;
  #rest: Uint8Array = new Uint8Array(0);

  /** @param bytes of a frame: whole samples */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** The frames that this piece completes. */
  *push(pcm: Uint8Array): Generator<Uint8Array> {
    const all = this.#rest.length === 0 ? pcm : Buffer.concat([this.#rest, pcm]);
    let at = 0;
    for (; at + this.#bytes <= all.length; at += this.#bytes) yield all.subarray(at, at + this.#bytes);
    this.#rest = all.slice(at);
  }

  clear(): void {
    this.#rest = new Uint8Array(0);
  }
}
