import { createHash } from "node:crypto";
import { ConfigError } from "../base/errors.js";
import { baseLanguage } from "../text/language.js";
import { type HomeNames, NAME_KINDS } from "./names.js";
import type { Entry, Pattern, PhraseBook, Sentence } from "./phrase-book.js";
import { listKey, resolveList } from "./resolve-lists.js";
import type { SentenceFile } from "./templates/sentence-file.js";

/** Names of one kind that are still worth a place; a house with more is rare, and each costs time and certainty. */
const MAX_NAMES_OF_A_KIND = 1500;
const MAX_SENTENCES = 5000;

export interface CompileOrder {
  /** Code, with or without region. */
  readonly language: string;
  /** The home's names in this language. */
  readonly names: HomeNames;
  /** Files of this language; where two define the same rule or list, the later one counts. */
  readonly files: readonly SentenceFile[];
}

/**
 * Puts a home's names into sentence templates. What the home has no names for is left out: without a lock there is no
 * sentence about locks.
 * @throws {ConfigError} `config-invalid` with every template that names an unknown list or rule, as `file:line: sentence`
 */
export function compilePhrases({ language: code, names, files }: CompileOrder): PhraseBook {
  const language = baseLanguage(code);
  const cut: string[] = [];
  const resolver = {
    language,
    names: bounded(names, cut),
    sources: Object.assign({}, ...files.map(({ lists }) => lists)),
  };
  const book = new Compilation(Object.assign({}, ...files.map(({ rules }) => rules)), (key) =>
    resolveList(key, resolver),
  );
  const templates = files.flatMap(({ sentences }) => sentences);
  if (templates.length > MAX_SENTENCES) {
    cut.push(
      `Only the first ${MAX_SENTENCES} of ${templates.length} sentence templates are used; write fewer with more choices.`,
    );
  }
  const sentences: Sentence[] = templates.slice(0, MAX_SENTENCES).flatMap(({ intent, pattern, place }) => {
    const possible = book.prune(pattern, place, []);
    return possible ? [{ intent, pattern: possible }] : [];
  });
  if (book.problems.length > 0) {
    throw new ConfigError(
      "config-invalid",
      `The sentence templates have mistakes:\n${book.problems.join("\n")}`,
    );
  }
  const content = {
    language,
    sentences,
    rules: book.rules,
    lists: book.lists,
    skipWords: unique(files.flatMap(({ skipWords }) => skipWords)),
    background: unique(files.flatMap(({ background }) => background)),
    phrases: sentences.reduce((sum, { pattern }) => sum + book.count(pattern), 0),
    cut,
  };
  return { id: createHash("sha256").update(JSON.stringify(content)).digest("hex"), ...content };
}

const unique = (words: readonly string[]): readonly string[] => [
  ...new Set(words.map((word) => word.toLowerCase())),
];

function bounded(names: HomeNames, cut: string[]): HomeNames {
  return Object.fromEntries(
    NAME_KINDS.flatMap((kind) => {
      const all = names[kind];
      if (all === undefined) return [];
      if (all.length > MAX_NAMES_OF_A_KIND) {
        cut.push(
          `Only the first ${MAX_NAMES_OF_A_KIND} of ${all.length} names of ${kind} are understood; expose fewer to voice.`,
        );
      }
      return [[kind, all.slice(0, MAX_NAMES_OF_A_KIND)]];
    }),
  );
}

/** Resolves rules and lists as templates name them, each once. */
class Compilation {
  readonly problems: string[] = [];
  readonly #sources: SentenceFile["rules"];
  readonly #resolve: (key: string) => readonly Entry[] | undefined;
  readonly #lists = new Map<string, readonly Entry[]>();
  /** Undefined for a rule that nothing can be said for. */
  readonly #rules = new Map<string, Pattern | undefined>();
  readonly #counts = new Map<string, number>();

  constructor(sources: SentenceFile["rules"], resolve: (key: string) => readonly Entry[] | undefined) {
    this.#sources = sources;
    this.#resolve = resolve;
  }

  get lists(): Readonly<Record<string, readonly Entry[]>> {
    return Object.fromEntries([...this.#lists].filter(([, entries]) => entries.length > 0));
  }

  get rules(): Readonly<Record<string, Pattern>> {
    return Object.fromEntries(
      [...this.#rules].filter((rule): rule is [string, Pattern] => rule[1] !== undefined),
    );
  }

  /**
   * The pattern without what cannot be said in this home.
   * @param within the rules being resolved, to notice one that contains itself
   */
  prune(pattern: Pattern, place: string, within: readonly string[]): Pattern | undefined {
    if ("words" in pattern) return pattern;
    if ("optional" in pattern) {
      const inside = this.prune(pattern.optional, place, within);
      return inside ? { optional: inside } : { all: [] };
    }
    if ("all" in pattern) {
      const parts = pattern.all.map((part) => this.prune(part, place, within));
      return parts.every((part) => part !== undefined) ? { all: parts } : undefined;
    }
    if ("any" in pattern) {
      const options = pattern.any.flatMap((option) => this.prune(option, place, within) ?? []);
      return options.length > 0 ? { any: options } : undefined;
    }
    if ("list" in pattern) return this.#pruneList(pattern.list, place);
    return this.#pruneRule(pattern.rule, place, within);
  }

  /** Ways through a pattern; two that read the same count twice. */
  count(pattern: Pattern): number {
    if ("words" in pattern) return 1;
    if ("optional" in pattern) return 1 + this.count(pattern.optional);
    if ("all" in pattern) return pattern.all.reduce((product, part) => product * this.count(part), 1);
    if ("any" in pattern) return pattern.any.reduce((sum, option) => sum + this.count(option), 0);
    if ("list" in pattern) return this.#lists.get(pattern.list)?.length ?? 0;
    const known = this.#counts.get(pattern.rule);
    if (known !== undefined) return known;
    const rule = this.#rules.get(pattern.rule);
    const ways = rule ? this.count(rule) : 0;
    this.#counts.set(pattern.rule, ways);
    return ways;
  }

  #pruneList(reference: string, place: string): Pattern | undefined {
    const key = listKey(reference);
    let entries = this.#lists.get(key);
    if (!entries) {
      entries = this.#resolve(key);
      if (!entries) this.problems.push(`${place}: there is no list {${key}}`);
      this.#lists.set(key, entries ?? []);
    }
    return entries && entries.length > 0 ? { list: key } : undefined;
  }

  #pruneRule(name: string, place: string, within: readonly string[]): Pattern | undefined {
    if (within.includes(name)) {
      this.problems.push(`${place}: the rule <${name}> contains itself`);
      return undefined;
    }
    if (!this.#rules.has(name)) {
      const source = this.#sources[name];
      if (!source) this.problems.push(`${place}: there is no rule <${name}>`);
      const pattern = source && this.prune(source.pattern, source.place, [...within, name]);
      this.#rules.set(name, pattern);
    }
    return this.#rules.get(name) ? { rule: name } : undefined;
  }
}
