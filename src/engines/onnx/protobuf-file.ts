import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const WINDOW_BYTES = 64 * 1024;

/** Wire types of protocol buffers. */
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** One field as it lies in the file. */
export interface ProtobufField {
  readonly number: number;
  /** Where its content begins and ends; for a length-delimited field without the length. */
  readonly start: number;
  readonly end: number;
  /** True for messages, strings and bytes. */
  readonly delimited: boolean;
}

/** The file is not a well-formed message. */
export class MalformedProtobuf extends Error {}

/**
 * Walks a protocol-buffer file without reading what it skips: a model of a gigabyte costs a few kilobytes.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufFile {
  readonly size: number;
  readonly #fd: number;
  readonly #window = Buffer.alloc(WINDOW_BYTES);
  #windowStart = 0;
  #windowBytes = 0;

  constructor(path: string) {
    this.#fd = openSync(path, "r");
    this.size = fstatSync(this.#fd).size;
  }

  /** The fields of the message in this range, the whole file by default. @throws {MalformedProtobuf} */
  *fields(start = 0, end = this.size): Generator<ProtobufField> {
    let position = start;
    while (position < end) {
      const tag = this.#varint(position, end);
      const number = Math.floor(tag.value / 8);
      if (number === 0) throw new MalformedProtobuf("it has no valid structure");
      const field = this.#locate(number, tag.value % 8, tag.next, end);
      if (field.end > end) throw new MalformedProtobuf("it ends too early");
      yield field;
      position = field.end;
    }
  }

  text({ start, end }: ProtobufField): string {
    const bytes = Buffer.alloc(end - start);
    readSync(this.#fd, bytes, 0, bytes.length, start);
    return bytes.toString("utf8");
  }

  close(): void {
    closeSync(this.#fd);
  }

  #locate(number: number, wire: number, at: number, end: number): ProtobufField {
    switch (wire) {
      case WIRE.varint:
        return { number, start: at, end: this.#varint(at, end).next, delimited: false };
      case WIRE.fixed64:
        return { number, start: at, end: at + 8, delimited: false };
      case WIRE.fixed32:
        return { number, start: at, end: at + 4, delimited: false };
      case WIRE.bytes: {
        const length = this.#varint(at, end);
        return { number, start: length.next, end: length.next + length.value, delimited: true };
      }
      default:
        throw new MalformedProtobuf("it has no valid structure");
    }
  }

  #varint(at: number, end: number): { readonly value: number; readonly next: number } {
    let value = 0;
    let scale = 1;
    for (let position = at; position < end && position < at + 10; position++) {
      const byte = this.#byte(position);
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return { value, next: position + 1 };
    }
    throw new MalformedProtobuf("it ends too early or has no valid structure");
  }

  #byte(position: number): number {
    if (position < this.#windowStart || position >= this.#windowStart + this.#windowBytes) {
      this.#windowStart = position;
      this.#windowBytes = readSync(this.#fd, this.#window, 0, WINDOW_BYTES, position);
    }
    return this.#window[position - this.#windowStart] ?? 0;
  }
}
