import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import {
  buildPronunciations,
  type DictionaryStamp,
  INDEX_HEADER_BYTES,
  INDEX_MAGIC,
  saveIndex,
  stampOf,
} from "./build-pronunciations.js";

/** A record is a word and its phonemes, each at most 255 bytes, and their lengths. */
const LARGEST_RECORD = 512;

/** Bytes at a place: of a file, or of memory where no file could be written. */
interface Bytes {
  readonly size: number;
  read(offset: number, length: number): Buffer;
  close(): void;
}

/** Pronunciations by word, looked up on disk by halves: a lookup reads some twenty small pieces the kernel keeps. */
export class Pronunciations {
  readonly #bytes: Bytes;
  readonly #phonemes: readonly string[];
  readonly #count: number;
  readonly #offsets: number;

  private constructor(bytes: Bytes, header: Buffer) {
    const tableBytes = header.readUInt32LE(28);
    this.#bytes = bytes;
    this.#count = header.readUInt32LE(24);
    this.#phonemes = bytes.read(INDEX_HEADER_BYTES, tableBytes).toString("utf8").split(" ");
    this.#offsets = INDEX_HEADER_BYTES + tableBytes;
  }

  /**
   * Opens the index next to a dictionary; builds it first when it is absent, damaged or of another dictionary.
   * @throws {EngineError} `engine-load-failed`
   */
  static open(dictionary: string): Pronunciations {
    const path = `${dictionary}.index`;
    const stamp = stampOf(dictionary);
    const ready = openIndex(path, stamp);
    if (ready) return ready;
    const built = buildPronunciations(dictionary);
    const saved = saveIndex(built, path) ? openIndex(path, stamp) : undefined;
    return saved ?? new Pronunciations(memoryBytes(built), built.subarray(0, INDEX_HEADER_BYTES));
  }

  /** Words in it. */
  get size(): number {
    return this.#count;
  }

  /** @param word lower case. @returns undefined for a word it does not have */
  find(word: string): readonly string[] | undefined {
    const wanted = Buffer.from(word);
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const record = this.#record(middle);
      const wordBytes = record[0] ?? 0;
      const order = wanted.compare(record, 1, 1 + wordBytes);
      if (order === 0) return this.#phonesIn(record, 1 + wordBytes);
      if (order < 0) high = middle - 1;
      else low = middle + 1;
    }
    return undefined;
  }

  close(): void {
    this.#bytes.close();
  }

  /** For `openIndex`, which has checked the header. */
  static over(bytes: Bytes, header: Buffer): Pronunciations {
    return new Pronunciations(bytes, header);
  }

  #record(index: number): Buffer {
    const offset = this.#bytes.read(this.#offsets + index * 4, 4).readUInt32LE();
    return this.#bytes.read(offset, Math.min(LARGEST_RECORD, this.#bytes.size - offset));
  }

  #phonesIn(record: Buffer, at: number): readonly string[] {
    const phones = record.subarray(at + 1, at + 1 + (record[at] ?? 0));
    return [...phones].map((phone) => this.#phonemes[phone] ?? "");
  }
}

function openIndex(path: string, stamp: DictionaryStamp): Pronunciations | undefined {
  const bytes = fileBytes(path);
  if (!bytes) return undefined;
  const header = bytes.read(0, INDEX_HEADER_BYTES);
  if (isOf(header, stamp, bytes.size)) return Pronunciations.over(bytes, header);
  bytes.close();
  return undefined;
}

function isOf(header: Buffer, stamp: DictionaryStamp, size: number): boolean {
  if (header.length < INDEX_HEADER_BYTES || !header.subarray(0, 8).equals(INDEX_MAGIC)) return false;
  if (header.readDoubleLE(8) !== stamp.bytes || header.readDoubleLE(16) !== stamp.timeMs) return false;
  return INDEX_HEADER_BYTES + header.readUInt32LE(28) + header.readUInt32LE(24) * 4 < size;
}

function fileBytes(path: string): Bytes | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    // Not built yet.
    return undefined;
  }
  const stats = fstatSync(file);
  if (!stats.isFile()) {
    closeSync(file);
    return undefined;
  }
  return {
    size: stats.size,
    read(offset, length) {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(file, buffer, 0, length, offset));
    },
    close: () => closeSync(file),
  };
}

function memoryBytes(all: Buffer): Bytes {
  return {
    size: all.length,
    read: (offset, length) => all.subarray(offset, offset + length),
    close: () => undefined,
  };
}
