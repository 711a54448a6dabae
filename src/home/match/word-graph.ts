import type { Entry, Pattern, PhraseBook } from "../phrase-book.js";

/**
 * The ways a text may be spoken, each a list of words as the listener knows them; none when it cannot say the text.
 * @param name true for a name of the home
 */
export type Speller = (text: string, name: boolean) => readonly (readonly string[])[];

/** An arc of a graph of words; each is a word, a list, or neither. */
export interface Arc {
  readonly from: number;
  readonly to: number;
  /** Index into the graph's words; -1 when none is spoken. */
  readonly word: number;
  /** Index into the graph's lists; -1 for none. */
  readonly list: number;
  /** What is written for it; empty when another word of the same text wrote it. */
  readonly text: string;
}

/** What may be said in the place of a list arc. */
export interface ListItem {
  readonly text: string;
  /** Indices into the graph's words. At least one. */
  readonly words: readonly number[];
}

/**
 * All sentences of a phrase book as one graph of words from node 0 to `end`. Every arc leads to a node of a higher number.
 * Lists are kept once, not unfolded into the places they may stand in.
 */
export interface WordGraph {
  readonly words: readonly string[];
  readonly lists: readonly (readonly ListItem[])[];
  /** By `from`, ascending. */
  readonly arcs: readonly Arc[];
  readonly nodes: number;
  readonly end: number;
  /** Intents by index; `intentOf` tells the one of an arc that leaves node 0. */
  readonly intentOf: ReadonlyMap<Arc, string>;
}

/** Builds the graph in the words of a listener. Words and names it cannot say are left out with what needs them. */
export function buildWordGraph(book: PhraseBook, spell: Speller): WordGraph {
  const builder = new GraphBuilder(book, spell);
  const ends: number[] = [];
  for (const { intent, pattern } of book.sentences) {
    const end = builder.sentence(intent, pattern);
    if (end !== undefined) ends.push(end);
  }
  return builder.finish(ends);
}

class GraphBuilder {
  readonly #book: PhraseBook;
  readonly #spell: Speller;
  readonly #words = new Map<string, number>();
  readonly #lists = new Map<string, number>();
  readonly #items: (readonly ListItem[])[] = [];
  readonly #intentOf = new Map<Arc, string>();
  #arcs: Arc[] = [];
  #nodes = 1;

  constructor(book: PhraseBook, spell: Speller) {
    this.#book = book;
    this.#spell = spell;
  }

  /** @returns the node a sentence ends in; undefined when it cannot be said */
  sentence(intent: string, pattern: Pattern): number | undefined {
    const [arcs, nodes] = [this.#arcs.length, this.#nodes];
    const start = this.#node();
    const opening = this.#arc({ from: 0, to: start, word: -1, list: -1, text: "" });
    const end = this.#add(pattern, start);
    if (end === undefined || end === start) {
      this.#arcs.length = arcs;
      this.#nodes = nodes;
      return undefined;
    }
    this.#intentOf.set(opening, intent);
    return end;
  }

  finish(ends: readonly number[]): WordGraph {
    const end = this.#node();
    for (const from of ends) this.#arc({ from, to: end, word: -1, list: -1, text: "" });
    return {
      words: [...this.#words.keys()],
      lists: this.#items,
      arcs: this.#arcs.toSorted((a, b) => a.from - b.from),
      nodes: this.#nodes,
      end,
      intentOf: this.#intentOf,
    };
  }

  /** Adds what a pattern says behind a node. @returns the node behind it, or undefined when it cannot be said */
  #add(pattern: Pattern, from: number): number | undefined {
    if ("words" in pattern) return this.#addText(pattern.words, from);
    if ("all" in pattern) {
      let at: number | undefined = from;
      for (const part of pattern.all) {
        at = this.#add(part, at);
        if (at === undefined) return undefined;
      }
      return at;
    }
    if ("any" in pattern) return this.#addAny(pattern.any, from, false);
    if ("optional" in pattern) return this.#addAny([pattern.optional], from, true);
    if ("rule" in pattern) {
      const rule = this.#book.rules[pattern.rule];
      return rule && this.#add(rule, from);
    }
    const list = this.#list(pattern.list);
    if ((this.#items[list]?.length ?? 0) === 0) return undefined;
    return this.#step(from, { word: -1, list, text: "" });
  }

  #addAny(options: readonly Pattern[], from: number, orNothing: boolean): number | undefined {
    const ends = options.flatMap((option) => this.#attempt(() => this.#add(option, from)) ?? []);
    if (orNothing) ends.push(from);
    if (ends.length < 2) return ends[0];
    const join = this.#node();
    for (const end of new Set(ends)) this.#arc({ from: end, to: join, word: -1, list: -1, text: "" });
    return join;
  }

  #addText(text: string, from: number): number | undefined {
    const ends = this.#spell(text, false).map((words) =>
      words.reduce(
        (at, word, index) =>
          this.#step(at, { word: this.#word(word), list: -1, text: index === 0 ? text : "" }),
        from,
      ),
    );
    if (ends.length < 2) return ends[0];
    const join = this.#node();
    for (const end of ends) this.#arc({ from: end, to: join, word: -1, list: -1, text: "" });
    return join;
  }

  #list(key: string): number {
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const index = this.#items.length;
    this.#lists.set(key, index);
    this.#items.push((this.#book.lists[key] ?? []).flatMap((entry) => this.#listItems(entry)));
    return index;
  }

  #listItems({ text, spoken, name }: Entry): readonly ListItem[] {
    const ways = spoken.flatMap((way) => this.#spell(way, name === true));
    const distinct = new Map(ways.map((words) => [words.join(" "), words]));
    return [...distinct.values()].flatMap((words) =>
      words.length === 0 ? [] : [{ text, words: words.map((word) => this.#word(word)) }],
    );
  }

  /** Takes back what was added when it comes to nothing. */
  #attempt(add: () => number | undefined): number | undefined {
    const [arcs, nodes] = [this.#arcs.length, this.#nodes];
    const end = add();
    if (end === undefined) {
      this.#arcs.length = arcs;
      this.#nodes = nodes;
    }
    return end;
  }

  #step(from: number, arc: Omit<Arc, "from" | "to">): number {
    const to = this.#node();
    this.#arc({ from, to, ...arc });
    return to;
  }

  #arc(arc: Arc): Arc {
    this.#arcs.push(arc);
    return arc;
  }

  #node(): number {
    this.#nodes += 1;
    return this.#nodes - 1;
  }

  #word(word: string): number {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    this.#words.set(word, this.#words.size);
    return this.#words.size - 1;
  }
}
