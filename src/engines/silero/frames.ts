import { EngineError } from "../../base/errors.js";

/** One message of the Python program: a JSON object and raw bytes. */
export interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
}

/** Bytes; a piece of speech is at most a minute of 48 kHz floats. */
const LIMITS = { header: 1024 ** 2, payload: 64 * 1024 ** 2 } as const;
const LENGTH_BYTES = 4;

/** The bytes before a payload of that many bytes: the header's length, little endian, and the header. */
export function encodeFrameHead(header: Readonly<Record<string, unknown>>, payloadBytes: number): Buffer {
  const body = Buffer.from(JSON.stringify({ ...header, payload: payloadBytes }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}

/**
 * Cuts a byte stream into frames.
 * @throws {EngineError} `engine-failed` when the other side breaks the format
 */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #header: Readonly<Record<string, unknown>> | undefined;
  /** Bytes needed before there is something new to read. */
  #needed = LENGTH_BYTES;
  #state: "length" | "header" | "payload" = "length";

  /** Takes the next bytes; returns the frames completed by them. */
  push(chunk: Buffer): readonly Frame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Frame[] = [];
    while (this.#bytes >= this.#needed) {
      const part = this.#take(this.#needed);
      const frame = this.#advance(part);
      if (frame) frames.push(frame);
    }
    return frames;
  }

  #advance(part: Buffer): Frame | undefined {
    if (this.#state === "length") {
      this.#needed = checkLength(part.readUInt32LE(), LIMITS.header);
      this.#state = "header";
      return undefined;
    }
    if (this.#state === "header") {
      this.#header = parseHeader(part);
      this.#needed = checkLength(Number(this.#header["payload"] ?? 0), LIMITS.payload);
      this.#state = "payload";
      return undefined;
    }
    const header = this.#header ?? {};
    this.#needed = LENGTH_BYTES;
    this.#state = "length";
    return { header, payload: part };
  }

  #take(bytes: number): Buffer {
    const all = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(bytes)];
    this.#bytes -= bytes;
    return all.subarray(0, bytes);
  }
}

function parseHeader(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  } catch (error) {
    throw new EngineError("engine-failed", "The Silero process sent something that is no frame.", {
      cause: error,
    });
  }
  throw new EngineError("engine-failed", "The Silero process sent a header that is no object.");
}

function checkLength(value: number, limit: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= limit) return value;
  throw new EngineError("engine-failed", `The Silero process announced ${value} bytes, more than it may.`);
}
