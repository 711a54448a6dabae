import { ByteWalker, FileEndsEarly } from "./byte-walker.js";

const FST_MAGIC = 2125659606;
const SYMBOLS_MAGIC = 2125658996;
const ADD_ON_MAGIC = 446681434;
const NAME_LIMIT = 64 * 1024;

const HAS_INPUT_SYMBOLS = 1;
const HAS_OUTPUT_SYMBOLS = 2;
const IS_ALIGNED = 4;
const ALIGNED_CONST_VERSION = 1;
const ALIGNMENT = 16;

/** On disk: label in, label out, weight, next state, of four bytes each. */
const ARC_BYTES = 16;
/** On disk: final weight, first arc, number of arcs, of input and of output epsilons, of four bytes each. */
const CONST_STATE_BYTES = 20;

interface FstHeader {
  readonly type: string;
  readonly arcs: string;
  readonly version: number;
  readonly flags: number;
  readonly states: number;
  readonly arcCount: number;
}

/**
 * Why a decoding graph cannot be whole, or undefined when its structure fits into the file. libvosk takes a shortened
 * graph without a complaint and dies or hears nonsense later, so the structure is followed to its end here: header, symbol
 * tables, states, arcs and look-ahead tables. Bytes past the end are allowed; types not known here pass on their header.
 *
 * @throws the file system's error when the file cannot be read
 * @see https://www.openfst.org — fst/fst.h FstHeader, const-fst.h, vector-fst.h, add-on.h, label-reachable.h,
 *   extensions/ngram/ngram-fst.h: the `Write` functions
 */
export function findFstDefect(path: string): string | undefined {
  const file = new ByteWalker(path);
  try {
    walkFst(file);
    return undefined;
  } catch (error) {
    if (error instanceof FileEndsEarly) return `it ends early, at ${file.size} bytes`;
    if (error instanceof NotAnFst) return error.message;
    throw error;
  } finally {
    file.close();
  }
}

class NotAnFst extends Error {}

function walkFst(file: ByteWalker): void {
  const header = readHeader(file);
  if (header.flags & HAS_INPUT_SYMBOLS) skipSymbols(file);
  if (header.flags & HAS_OUTPUT_SYMBOLS) skipSymbols(file);
  if (header.type.endsWith("_lookahead")) walkLookAhead(file);
  else if (header.arcs === "standard") walkStates(file, header);
}

function walkStates(file: ByteWalker, header: FstHeader): void {
  if (header.type === "const") skipConst(file, header);
  else if (header.type === "vector") walkVector(file, header);
  else if (header.type === "ngram") skipNgram(file);
}

function readHeader(file: ByteWalker): FstHeader {
  if (file.int32() !== FST_MAGIC) throw new NotAnFst("it is not an OpenFst file");
  const type = file.text(NAME_LIMIT);
  const arcs = file.text(NAME_LIMIT);
  const version = file.int32();
  const flags = file.int32();
  file.skip(8 + 8); // properties, start state
  const states = file.int64();
  const arcCount = file.int64();
  return { type, arcs, version, flags, states, arcCount };
}

function skipSymbols(file: ByteWalker): void {
  if (file.int32() !== SYMBOLS_MAGIC) throw new NotAnFst("its symbol table is damaged");
  file.text(NAME_LIMIT);
  file.skip(8); // next free key
  const count = file.count();
  for (let i = 0; i < count; i++) {
    file.skip(file.int32());
    file.skip(8);
  }
}

function skipConst(file: ByteWalker, { flags, version, states, arcCount }: FstHeader): void {
  const aligned = (flags & IS_ALIGNED) !== 0 || version === ALIGNED_CONST_VERSION;
  const align = () => aligned && file.skip((ALIGNMENT - (file.offset % ALIGNMENT)) % ALIGNMENT);
  align();
  file.skip(states * CONST_STATE_BYTES);
  align();
  file.skip(arcCount * ARC_BYTES);
}

function walkVector(file: ByteWalker, { states }: FstHeader): void {
  for (let i = 0; i < states; i++) {
    file.skip(4); // final weight
    file.skip(file.count() * ARC_BYTES);
  }
}

function skipNgram(file: ByteWalker): void {
  const states = file.count();
  const futures = file.count();
  const finals = file.count();
  const bitmap = (bits: number) => 8 * Math.ceil(bits / 64);
  file.skip(bitmap(states * 2 + 1) + bitmap(futures + states + 1) + bitmap(states));
  file.skip(4 * (states + 1) + 4 * futures); // context and future words
  file.skip(4 * (states + 1) + 4 * finals + 4 * (futures + 1)); // back-off, final and future weights
}

/** A graph with two optional tables that tell which labels lie ahead of a state. */
function walkLookAhead(file: ByteWalker): void {
  if (file.int32() !== ADD_ON_MAGIC) throw new NotAnFst("its look-ahead part is damaged");
  walkFst(file);
  if (file.uint8() === 0) return;
  for (let table = 0; table < 2; table++) if (file.uint8() !== 0) walkReachable(file);
}

function walkReachable(file: ByteWalker): void {
  file.uint8(); // looks at input or at output labels
  if (file.uint8() !== 0) file.skip(file.count() * 8); // old and new label
  file.int32(); // label that stands for "final"
  const states = file.count();
  for (let i = 0; i < states; i++) {
    file.skip(file.count() * 8); // intervals: first and last label
    file.int32(); // number of labels in them
  }
}
