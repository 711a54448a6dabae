import type { Pattern } from "../phrase-book.js";

/** A template that cannot be read; the message says what is wrong where. */
export class TemplateError extends Error {}

/** Longest list of ways a word with brackets inside may be written, and most parts that may come in any order. */
const MAX_WORD_FORMS = 32;
const MAX_PERMUTED = 4;
const MAX_DEPTH = 32;

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/**
 * Reads a sentence template: `[optional]`, `(one|other)`, `(in;any;order)`, `{list}`, `{list:form}`, `<rule>`; brackets inside a
 * word change the word: `light[s]`. A backslash takes the next character as it is.
 *
 * @throws {TemplateError}
 * @see https://github.com/OHF-Voice/hassil#template-syntax
 */
export function parseTemplate(template: string): Pattern {
  const reader = new Reader(template.normalize("NFC").replaceAll("’", "'"));
  const pattern = readAlternatives(reader, undefined, 0);
  if (isEmpty(pattern)) throw new TemplateError("there is nothing to say in it");
  return pattern;
}

class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get next(): string | undefined {
    return this.text[this.at];
  }

  /** Everything up to the closing mark, which is taken too. */
  until(close: string, what: string): string {
    const end = this.text.indexOf(close, this.at);
    if (end < 0) throw new TemplateError(`${what} opened at character ${this.at} has no "${close}"`);
    const inside = this.text.slice(this.at, end).trim();
    this.at = end + 1;
    return inside;
  }
}

const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]" };

function readAlternatives(reader: Reader, close: string | undefined, depth: number): Pattern {
  if (depth > MAX_DEPTH) throw new TemplateError("its brackets are nested too deeply");
  const openedAt = reader.at;
  const options: Pattern[] = [];
  let permuted: Pattern[] = [];
  for (;;) {
    const option = readSequence(reader, depth);
    const mark = reader.next;
    if (mark !== undefined) reader.at += 1;
    if (mark === ";") {
      permuted.push(option);
      continue;
    }
    options.push(permuted.length > 0 ? inAnyOrder([...permuted, option]) : option);
    permuted = [];
    if (mark === "|") continue;
    if (mark === close) return anyOf(options);
    if (mark === undefined)
      throw new TemplateError(`the bracket opened at character ${openedAt} has no "${close}"`);
    throw new TemplateError(`"${mark}" at character ${reader.at} closes nothing`);
  }
}

/** A piece of a sequence and whether it touches the one before. */
interface Piece {
  readonly pattern: Pattern;
  readonly glued: boolean;
}

function readSequence(reader: Reader, depth: number): Pattern {
  const pieces: Piece[] = [];
  let glued = false;
  for (;;) {
    const mark = reader.next;
    if (mark === undefined || "|;)]".includes(mark)) break;
    if (/\s/.test(mark)) {
      reader.at += 1;
      glued = false;
      continue;
    }
    pieces.push({ pattern: readPiece(reader, depth), glued });
    glued = true;
  }
  return sequence(glueWords(pieces));
}

function readPiece(reader: Reader, depth: number): Pattern {
  const mark = reader.next ?? "";
  const close = CLOSERS[mark];
  if (close !== undefined) {
    reader.at += 1;
    const inside = readAlternatives(reader, close, depth + 1);
    return mark === "[" ? { optional: inside } : inside;
  }
  if (mark === "{" || mark === "<") {
    reader.at += 1;
    return mark === "{"
      ? { list: name(reader.until("}", "the list"), "list") }
      : { rule: name(reader.until(">", "the rule"), "rule") };
  }
  if (mark === "}" || mark === ">")
    throw new TemplateError(`"${mark}" at character ${reader.at + 1} closes nothing`);
  return { words: readWord(reader) };
}

/** `{list}`, `{list:form}`. */
function name(text: string, what: string): string {
  const [first = "", form, ...rest] = text.split(":").map((part) => part.trim());
  const fine = NAME.test(first) && rest.length === 0 && (form === undefined || NAME.test(form));
  if (!fine || (what === "rule" && form !== undefined)) {
    throw new TemplateError(`"${text}" is no name of a ${what}; use letters, digits and _`);
  }
  return form === undefined ? first : `${first}:${form}`;
}

function readWord(reader: Reader): string {
  let word = "";
  for (;;) {
    const mark = reader.next;
    if (mark === undefined || /[\s|;()[\]{}<>]/.test(mark)) return word;
    if (mark === "\\") reader.at += 1;
    word += reader.next ?? "";
    reader.at += 1;
  }
}

/** `light[s]` is two words to choose from, not a word and a letter. A list or rule stands for words of its own. */
function glueWords(pieces: readonly Piece[]): readonly Pattern[] {
  const patterns: Pattern[] = [];
  for (const { pattern, glued } of pieces) {
    const before = patterns.at(-1);
    const left = glued && before ? spellings(before) : undefined;
    const right = left && spellings(pattern);
    if (!left || !right) {
      patterns.push(pattern);
      continue;
    }
    const forms = new Set(left.flatMap((head) => right.map((tail) => head + tail)));
    if (forms.size > MAX_WORD_FORMS) throw new TemplateError(`a word has more than ${MAX_WORD_FORMS} forms`);
    patterns[patterns.length - 1] = anyOf([...forms].map((words) => ({ words })));
  }
  return patterns;
}

/** All ways to write a pattern of literal words; undefined where it names a list or a rule. */
function spellings(pattern: Pattern): readonly string[] | undefined {
  if ("words" in pattern) return [pattern.words];
  if ("optional" in pattern) {
    const inside = spellings(pattern.optional);
    return inside && ["", ...inside];
  }
  if ("any" in pattern) {
    const options = pattern.any.map(spellings);
    return options.every((option) => option !== undefined) ? options.flat() : undefined;
  }
  if (!("all" in pattern)) return undefined;
  if (pattern.all.length === 0) return [""];
  const parts = pattern.all.map(spellings);
  if (!parts.every((part) => part !== undefined)) return undefined;
  const joined = parts.reduce((heads, tails) =>
    heads.flatMap((head) => tails.map((tail) => `${head} ${tail}`.trim())).slice(0, MAX_WORD_FORMS + 1),
  );
  return joined;
}

function inAnyOrder(parts: readonly Pattern[]): Pattern {
  if (parts.length > MAX_PERMUTED) {
    throw new TemplateError(`more than ${MAX_PERMUTED} parts cannot come in any order`);
  }
  return anyOf(permutations(parts).map(sequence));
}

const permutations = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));

const sequence = (parts: readonly Pattern[]): Pattern =>
  parts.length === 1 ? (parts[0] as Pattern) : { all: parts };

/** An empty option makes the rest optional. */
function anyOf(options: readonly Pattern[]): Pattern {
  const said = options.filter((option) => !isEmpty(option));
  const any: Pattern = said.length === 1 ? (said[0] as Pattern) : { any: said };
  if (said.length === 0) return { all: [] };
  return said.length < options.length ? { optional: any } : any;
}

function isEmpty(pattern: Pattern): boolean {
  if ("words" in pattern) return pattern.words === "";
  if ("all" in pattern) return pattern.all.every(isEmpty);
  if ("any" in pattern) return pattern.any.every(isEmpty);
  return "optional" in pattern && isEmpty(pattern.optional);
}
