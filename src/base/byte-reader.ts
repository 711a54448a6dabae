import { ProtocolError } from "./errors.js";

const LINE_FEED = 0x0a;

/** Capacity above which an emptied buffer is given back. */
const KEPT_BYTES = 64 * 1024;

/**
 * Takes lines and counted bytes from a stream of chunks, which it pulls only when it needs more. One read at a time.
 * Holds little more than what is being read plus one chunk, however small the pieces in which it arrives.
 */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #onWait: () => void;
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  /** @param onWait called each time before the next chunk is awaited */
  constructor(chunks: AsyncIterable<Uint8Array>, onWait: () => void = () => undefined) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#onWait = onWait;
  }

  /** Bytes that have arrived and were not read yet. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  /**
   * The bytes up to the next line feed, without it; undefined when the stream ends where a line would begin.
   * @throws {ProtocolError} `frame-too-large`, `frame-truncated`
   */
  async readLine(limitBytes: number): Promise<Buffer | undefined> {
    let searched = 0;
    for (;;) {
      const found = this.#buffer.subarray(this.#start + searched, this.#end).indexOf(LINE_FEED);
      const length = found < 0 ? this.buffered : searched + found;
      if (length > limitBytes) {
        throw new ProtocolError("frame-too-large", `A line is longer than ${limitBytes} bytes.`);
      }
      if (found >= 0) {
        const line = this.#take(length);
        this.#start += 1;
        return line;
      }
      searched = this.buffered;
      if (await this.#pull(limitBytes)) continue;
      if (this.buffered === 0) return undefined;
      throw truncated();
    }
  }

  /** Exactly so many bytes, copied out. @throws {ProtocolError} `frame-truncated` */
  async readExactly(length: number): Promise<Buffer> {
    while (this.buffered < length) if (!(await this.#pull(length))) throw truncated();
    return this.#take(length);
  }

  /** Stops pulling and tells the source so. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #take(length: number): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(this.#start, this.#start + length));
    this.#start += length;
    return taken;
  }

  /**
   * @param wantedBytes what the read in progress will hold at most
   * @returns false at the end of the stream
   */
  async #pull(wantedBytes: number): Promise<boolean> {
    this.#onWait();
    const next = await this.#chunks.next();
    if (next.done) return false;
    this.#reserve(next.value.length, wantedBytes);
    this.#buffer.set(next.value, this.#end);
    this.#end += next.value.length;
    return true;
  }

  /**
   * Makes room at the end. What is held is copied only when the capacity grows or half of it was read, so that the
   * cost per byte stays constant; growth stops at what is wanted, whatever a peer announces it will send.
   */
  #reserve(length: number, wantedBytes: number): void {
    const held = this.buffered;
    const isTooLarge = held === 0 && this.#buffer.length > KEPT_BYTES;
    if (!isTooLarge && this.#end + length <= this.#buffer.length) return;
    const needed = held + length;
    const fits = !isTooLarge && needed <= this.#buffer.length / 2;
    const capacity = Math.max(1024, needed, Math.min(2 * needed, wantedBytes + length));
    const target = fits ? this.#buffer : Buffer.allocUnsafe(capacity);
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#buffer = target;
    this.#start = 0;
    this.#end = held;
  }
}

const truncated = (): ProtocolError =>
  new ProtocolError("frame-truncated", "The stream ended inside a frame.");
