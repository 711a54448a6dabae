/** Keeps the pieces of a stream, or none of them once they are too long together. */
export class RecordedPieces {
  #room: number;
  #pieces: Uint8Array[] | undefined = [];

  constructor(maxBytes: number) {
    this.#room = maxBytes;
  }

  /** All pieces; undefined when there were none or too many. */
  get pieces(): readonly Uint8Array[] | undefined {
    return this.#pieces?.length ? this.#pieces : undefined;
  }

  add(piece: Uint8Array): void {
    this.#room -= piece.length;
    if (this.#room < 0) this.#pieces = undefined;
    this.#pieces?.push(piece);
  }
}
