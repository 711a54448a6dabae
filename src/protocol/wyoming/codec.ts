import { ByteReader } from "../../base/byte-reader.js";
import { ProtocolError } from "../../base/errors.js";
import { KIB, MIB } from "../../base/units.js";
import { toPythonJson } from "./python-json.js";

/** One Wyoming message. `payload` is raw bytes, normally little-endian PCM. */
export interface WyomingEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly payload: Uint8Array;
}

/** Largest parts of one event accepted from a peer, in bytes. */
export interface WireLimits {
  readonly headerBytes: number;
  readonly dataBytes: number;
  readonly payloadBytes: number;
}

/** A 4 MiB payload is 2 minutes of 16 kHz 16-bit mono. */
export const WIRE_LIMITS: WireLimits = { headerBytes: 64 * KIB, dataBytes: MIB, payloadBytes: 4 * MIB };

/** Version of the protocol library whose bytes these are; sent in each header, checked by nobody. */
export const WYOMING_VERSION = "1.9.0";

export const NO_PAYLOAD = new Uint8Array(0);

/**
 * The bytes of one event, exactly as the reference library writes them: data always in its own section, since
 * readers there give up on header lines above 64 KiB.
 */
export function encodeEvent({ type, data, payload }: WyomingEvent): Buffer {
  const body = Buffer.from(isEmpty(data) ? "" : toPythonJson(data));
  const header = toPythonJson({
    type,
    version: WYOMING_VERSION,
    data_length: body.length || undefined,
    payload_length: payload.length || undefined,
  });
  return Buffer.concat([Buffer.from(`${header}\n`), body, payload]);
}

const isEmpty = (data: object): boolean => Object.values(data).every((value) => value === undefined);

export interface DecodeOptions {
  readonly limits?: WireLimits;
  /** Called each time before more bytes are awaited; true inside a frame, false between two. */
  readonly onWait?: (insideFrame: boolean) => void;
}

/**
 * Cuts a peer's byte stream into events; pulls the next chunk only when the consumer asks.
 * Returns when the peer closes between frames.
 * @throws {ProtocolError} `malformed-frame`, `frame-too-large`, `frame-truncated`. Close the socket.
 * @see https://github.com/OHF-Voice/wyoming#format
 */
export async function* decodeEvents(
  chunks: AsyncIterable<Uint8Array>,
  { limits = WIRE_LIMITS, onWait }: DecodeOptions = {},
): AsyncGenerator<WyomingEvent, void, undefined> {
  let hasHeader = false;
  const bytes = new ByteReader(chunks, () => onWait?.(hasHeader || bytes.buffered > 0));
  try {
    for (;;) {
      const line = await bytes.readLine(limits.headerBytes);
      if (line === undefined) return;
      hasHeader = true;
      const header = parseObject(line, "header");
      if (typeof header["type"] !== "string") throw malformed("The header has no type.");
      const dataBytes = checkLength(header, "data_length", limits.dataBytes);
      const payloadBytes = checkLength(header, "payload_length", limits.payloadBytes);
      const body = await bytes.readExactly(dataBytes);
      const payload = await bytes.readExactly(payloadBytes);
      hasHeader = false;
      yield { type: header["type"], data: mergeData(header["data"], body), payload };
    }
  } finally {
    await bytes.close();
  }
}

/** The data section wins over what the header carries inline, member by member. */
function mergeData(inline: unknown, body: Buffer): Record<string, unknown> {
  if (inline !== undefined && inline !== null && !isObject(inline)) {
    throw malformed("The data in the header is not an object.");
  }
  return { ...inline, ...(body.length > 0 ? parseObject(body, "data section") : undefined) };
}

function checkLength(header: Record<string, unknown>, name: string, limitBytes: number): number {
  const length = header[name] ?? 0;
  if (typeof length !== "number" || !Number.isInteger(length)) {
    throw malformed(`The ${name} is not a whole number.`);
  }
  if (length > limitBytes) {
    throw new ProtocolError(
      "frame-too-large",
      `The ${name} is ${length} bytes; at most ${limitBytes} are taken.`,
    );
  }
  return Math.max(0, length);
}

/** Refuses bytes that are no UTF-8, which `Buffer.toString` would replace. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parseObject(bytes: Buffer, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw malformed(`The ${what} is not JSON.`, cause);
  }
  if (!isObject(value)) throw malformed(`The ${what} is not a JSON object.`);
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const malformed = (message: string, cause?: unknown): ProtocolError =>
  new ProtocolError("malformed-frame", message, { cause });
