import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const WINDOW_BYTES = 256 * 1024;

/** Thrown where a file is shorter than its own structure says. */
export class FileEndsEarly extends Error {}

/**
 * Walks a little-endian binary file from front to back and jumps over what need not be read. Synchronous: one step is a
 * few nanoseconds of work, and files of millions of steps are walked while a model loads in its own process.
 */
export class ByteWalker {
  readonly size: number;
  readonly #file: number;
  readonly #window = Buffer.alloc(WINDOW_BYTES);
  #windowStart = 0;
  #windowLength = 0;
  #offset = 0;

  /** Call `close` when done. @throws the file system's error when the file cannot be opened */
  constructor(path: string) {
    this.#file = openSync(path, "r");
    this.size = fstatSync(this.#file).size;
  }

  /** Bytes walked so far. */
  get offset(): number {
    return this.#offset;
  }

  /** @throws {FileEndsEarly} */
  skip(bytes: number): void {
    if (bytes < 0 || this.#offset + bytes > this.size) throw new FileEndsEarly();
    this.#offset += bytes;
  }

  uint8(): number {
    return this.#window.readUInt8(this.#take(1));
  }

  int32(): number {
    return this.#window.readInt32LE(this.#take(4));
  }

  /** Exact up to 2^53. */
  int64(): number {
    return Number(this.#window.readBigInt64LE(this.#take(8)));
  }

  /** A 64-bit number of things that lie in the file, so there cannot be more of them than bytes. */
  count(): number {
    const count = this.int64();
    if (count < 0 || count > this.size) throw new FileEndsEarly();
    return count;
  }

  /** A 32-bit length and that many bytes, at most `limit`. */
  text(limit: number): string {
    const length = this.int32();
    if (length < 0 || length > limit) throw new FileEndsEarly();
    const start = this.#take(length);
    return this.#window.toString("latin1", start, start + length);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Makes the next bytes available. @returns where in the window they start */
  #take(bytes: number): number {
    const start = this.#offset;
    this.skip(bytes);
    if (start < this.#windowStart || this.#offset > this.#windowStart + this.#windowLength) {
      this.#windowStart = start;
      this.#windowLength = readSync(this.#file, this.#window, 0, WINDOW_BYTES, start);
      if (this.#windowLength < bytes) throw new FileEndsEarly();
    }
    return start - this.#windowStart;
  }
}
