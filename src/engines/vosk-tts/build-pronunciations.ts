import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { damaged } from "../model-path.js";

/** First bytes of an index; the last is its version. */
export const INDEX_MAGIC = Buffer.from("IRPRON\0\x01", "latin1");
/** Magic, size of the dictionary, its time, number of words, bytes of the phoneme table. */
export const INDEX_HEADER_BYTES = 8 + 8 + 8 + 4 + 4;

const LARGEST_DICTIONARY = 512 * 1024 ** 2;
const LARGEST_WORD = 255;
const MAX_PHONEMES = 256;
/** Bytes that fit a number exactly. */
const PACKED_BYTES = 6;
const [NEWLINE, SPACE, TAB, RETURN] = [10, 32, 9, 13];

/** What identifies the dictionary an index was built from. */
export interface DictionaryStamp {
  readonly bytes: number;
  readonly timeMs: number;
}

export function stampOf(dictionary: string): DictionaryStamp {
  const { size, mtimeMs } = statSync(dictionary);
  return { bytes: size, timeMs: mtimeMs };
}

/** Where one line's parts lie. */
interface Lines {
  readonly count: number;
  readonly wordStart: Uint32Array;
  readonly wordEnd: Uint32Array;
  readonly phonesStart: Uint32Array;
  readonly phonesEnd: Uint32Array;
  readonly probability: Float32Array;
  /** The first bytes of each word as a number in the order of the words: most comparisons need no more. */
  readonly prefix: Float64Array;
}

/**
 * The index of a dictionary of lines `word probability phoneme phoneme …`: words in the order of their bytes with
 * phonemes as one byte each, of several pronunciations the most probable.
 * A map of the same in memory would take ten times the size and seconds at every start.
 * @throws {EngineError} `engine-load-failed`
 */
export function buildPronunciations(dictionary: string): Buffer {
  const stamp = stampOf(dictionary);
  if (stamp.bytes > LARGEST_DICTIONARY) throw damaged(dictionary, "it is larger than any dictionary");
  const text = readFileSync(dictionary);
  const lines = findLines(text);
  const phonemes = new PhonemeNumbers();
  // A record is never longer than the line it comes from.
  const records = Buffer.allocUnsafe(text.length + 2);
  const starts: number[] = [];
  let end = 0;
  let previous = -1;
  for (const line of inOrder(text, lines)) {
    const same = previous >= 0 && compareWords(text, lines, previous, line) === 0;
    if (same && (lines.probability[previous] ?? 0) >= (lines.probability[line] ?? 0)) continue;
    // A likelier pronunciation takes the place of the one before.
    if (same) end = starts.pop() ?? end;
    starts.push(end);
    const word = text.subarray(lines.wordStart[line], lines.wordEnd[line]);
    end = writeRecord(records, end, word, phonesOf(text, lines, line, phonemes));
    if (phonemes.names.length > MAX_PHONEMES)
      throw damaged(dictionary, "it is not a dictionary of words and phonemes");
    previous = line;
  }
  if (starts.length === 0) throw damaged(dictionary, "it has no words");
  return assemble(stamp, phonemes.names, starts, records.subarray(0, end));
}

/** Writes it next to the dictionary, whole or not at all. @returns false where the folder cannot be written */
export function saveIndex(index: Buffer, path: string): boolean {
  const partial = `${path}.${process.pid}.partial`;
  try {
    const file = openSync(partial, "w");
    try {
      let written = 0;
      while (written < index.length) written += writeSync(file, index, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
    return true;
  } catch {
    // A read-only folder or a full disk: the index then stays in memory.
    rmSync(partial, { force: true });
    return false;
  }
}

function findLines(text: Buffer): Lines {
  let rows = 1;
  for (const byte of text) if (byte === NEWLINE) rows += 1;
  const lines = {
    wordStart: new Uint32Array(rows),
    wordEnd: new Uint32Array(rows),
    phonesStart: new Uint32Array(rows),
    phonesEnd: new Uint32Array(rows),
    probability: new Float32Array(rows),
    prefix: new Float64Array(rows),
  };
  let count = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf(NEWLINE, start);
    const end = newline < 0 ? text.length : newline;
    const wordEnd = endOfToken(text, start, end);
    const numberStart = endOfBlank(text, wordEnd, end);
    const numberEnd = endOfToken(text, numberStart, end);
    const phonesStart = endOfBlank(text, numberEnd, end);
    const probability = Number(text.toString("latin1", numberStart, numberEnd));
    if (wordEnd > start && wordEnd - start <= LARGEST_WORD && phonesStart < end && probability > 0) {
      lines.wordStart[count] = start;
      lines.wordEnd[count] = wordEnd;
      lines.phonesStart[count] = phonesStart;
      lines.phonesEnd[count] = end;
      lines.probability[count] = probability;
      lines.prefix[count] =
        packed(text, start, Math.min(wordEnd, start + PACKED_BYTES)) *
        256 ** Math.max(0, PACKED_BYTES - (wordEnd - start));
      count += 1;
    }
    start = end + 1;
  }
  return { count, ...lines };
}

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB || byte === RETURN;

function endOfToken(text: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && !isBlank(text[at])) at += 1;
  return at;
}

function endOfBlank(text: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(text[at])) at += 1;
  return at;
}

/** Line numbers by word. Dictionaries mostly come sorted, and then nothing is to do. */
function inOrder(text: Buffer, lines: Lines): Uint32Array {
  const order = Uint32Array.from({ length: lines.count }, (_, index) => index);
  for (let line = 1; line < lines.count; line += 1) {
    if (compareWords(text, lines, line - 1, line) > 0) {
      return order.sort((left, right) => compareWords(text, lines, left, right) || left - right);
    }
  }
  return order;
}

function compareWords(text: Buffer, lines: Lines, left: number, right: number): number {
  const difference = (lines.prefix[left] ?? 0) - (lines.prefix[right] ?? 0);
  if (difference !== 0) return difference;
  const { wordStart, wordEnd } = lines;
  return text.compare(text, wordStart[right], wordEnd[right], wordStart[left], wordEnd[left]);
}

/** Numbers of the phonemes of a line. Turning a million lines into strings would take most of the time. */
function phonesOf(text: Buffer, lines: Lines, line: number, phonemes: PhonemeNumbers): readonly number[] {
  const phones: number[] = [];
  const end = lines.phonesEnd[line] ?? 0;
  let start = endOfBlank(text, lines.phonesStart[line] ?? 0, end);
  while (start < end) {
    const tokenEnd = endOfToken(text, start, end);
    phones.push(phonemes.numberOf(text, start, tokenEnd));
    start = endOfBlank(text, tokenEnd, end);
  }
  return phones;
}

/** Numbers phonemes in the order they appear. */
class PhonemeNumbers {
  readonly names: string[] = [];
  readonly #short = new Map<number, number>();
  readonly #long = new Map<string, number>();

  numberOf(text: Buffer, start: number, end: number): number {
    if (end - start > PACKED_BYTES)
      return this.#number(this.#long, text.toString("utf8", start, end), text, start, end);
    return this.#number(this.#short, packed(text, start, end), text, start, end);
  }

  #number<K>(known: Map<K, number>, key: K, text: Buffer, start: number, end: number): number {
    const found = known.get(key);
    if (found !== undefined) return found;
    const next = this.names.length;
    this.names.push(text.toString("utf8", start, end));
    known.set(key, next);
    return next;
  }
}

/** Up to six bytes as one number. */
function packed(text: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 256 + (text[at] ?? 0);
  return value;
}

function writeRecord(records: Buffer, at: number, word: Buffer, phones: readonly number[]): number {
  let end = records.writeUInt8(word.length, at);
  end += word.copy(records, end);
  const kept = phones.slice(0, LARGEST_WORD);
  end = records.writeUInt8(kept.length, end);
  for (const phone of kept) end = records.writeUInt8(phone & 0xff, end);
  return end;
}

function assemble(
  stamp: DictionaryStamp,
  phonemes: readonly string[],
  starts: readonly number[],
  records: Buffer,
): Buffer {
  const table = Buffer.from(phonemes.join(" "));
  const header = Buffer.alloc(INDEX_HEADER_BYTES);
  INDEX_MAGIC.copy(header);
  header.writeDoubleLE(stamp.bytes, 8);
  header.writeDoubleLE(stamp.timeMs, 16);
  header.writeUInt32LE(starts.length, 24);
  header.writeUInt32LE(table.length, 28);
  const offsets = Buffer.alloc(starts.length * 4);
  const first = INDEX_HEADER_BYTES + table.length + offsets.length;
  starts.forEach((start, index) => {
    offsets.writeUInt32LE(first + start, index * 4);
  });
  return Buffer.concat([header, table, offsets, records]);
}
