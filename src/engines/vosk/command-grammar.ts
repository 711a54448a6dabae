import type { WordGraph } from "../../home/match/word-graph.js";

/** Walks from the start to the end of sentences. Bounds the grammar of a large home. */
const MAX_PHRASES = 60_000;
const LONGEST_PHRASE = 24;

/**
 * Phrases in which every two words that may follow one another in a sentence do so, and which begin and end as sentences
 * do. libvosk makes a model of pairs of words of its phrases, so all sentences written out would tell it no more.
 */
export function pairPhrases(graph: WordGraph): readonly string[] {
  const { follow, last } = wordPairs(graph);
  const untaken = new Map([...follow].map(([word, next]) => [word, [...next]]));
  // A word that ends sentences has one more follower: nothing.
  for (const word of last) untaken.set(word, [...(untaken.get(word) ?? []), END]);
  const home = pathsHome(follow, last);
  const phrases: string[] = [];
  for (let phrase = walk(); phrase.length > 0 && phrases.length < MAX_PHRASES; phrase = walk()) {
    phrases.push(phrase.map((word) => graph.words[word] ?? "").join(" "));
  }
  return phrases;

  /** Takes pairs not yet taken as long as there are any, then the shortest way to an end. */
  function walk(): readonly number[] {
    const start = untaken.get(START)?.pop() ?? wayToUntaken();
    if (start === undefined) return [];
    const words = typeof start === "number" ? [start] : [...start];
    for (;;) {
      const at = words.at(-1) ?? START;
      const next = words.length < LONGEST_PHRASE ? untaken.get(at)?.pop() : undefined;
      if (next === END) return words;
      if (next === undefined) break;
      words.push(next);
    }
    for (let next = home.get(words.at(-1) ?? START); next !== undefined; next = home.get(next))
      words.push(next);
    return words;
  }

  /** The shortest words from the start to a word that has untaken pairs. */
  function wayToUntaken(): readonly number[] | undefined {
    const wanted = new Set([...untaken].filter(([, next]) => next.length > 0).map(([word]) => word));
    if (wanted.size === 0) return undefined;
    const reached = new Map<number, number>();
    const queue = [START];
    for (const at of queue) {
      if (at !== START && wanted.has(at)) {
        const words = [at];
        for (
          let before = reached.get(at);
          before !== undefined && before !== START;
          before = reached.get(before)
        )
          words.unshift(before);
        return words;
      }
      for (const next of follow.get(at) ?? []) {
        if (reached.has(next)) continue;
        reached.set(next, at);
        queue.push(next);
      }
    }
    return undefined;
  }
}

const START = -1;
const END = -2;

interface WordPairs {
  /** Words that may follow a word; those that begin a sentence under START. */
  readonly follow: ReadonlyMap<number, ReadonlySet<number>>;
  /** Words that may end a sentence. */
  readonly last: ReadonlySet<number>;
}

function wordPairs({ arcs, lists, nodes, end }: WordGraph): WordPairs {
  const follow = new Map<number, Set<number>>();
  const pair = (one: number, other: number) => {
    const next = follow.get(one) ?? new Set();
    follow.set(one, next.add(other));
  };
  const edges = lists.map((items) => ({
    first: new Set(items.flatMap(({ words }) => words[0] ?? [])),
    last: new Set(items.flatMap(({ words }) => words.at(-1) ?? [])),
  }));
  for (const { words } of lists.flat()) {
    for (const [at, word] of words.slice(1).entries()) pair(words[at] ?? START, word);
  }
  const before: Set<number>[] = Array.from({ length: nodes }, () => new Set());
  before[0]?.add(START);
  for (const { from, to, word, list } of arcs) {
    const first = word >= 0 ? [word] : (edges[list]?.first ?? []);
    const lasts = word >= 0 ? [word] : list >= 0 ? (edges[list]?.last ?? []) : (before[from] ?? []);
    for (const one of before[from] ?? []) for (const other of first) pair(one, other);
    for (const one of lasts) before[to]?.add(one);
  }
  return { follow, last: new Set([...(before[end] ?? [])].filter((word) => word !== START)) };
}

/** By word, the next one on the shortest way to the end of a sentence; none for words that end one. */
function pathsHome(
  follow: WordPairs["follow"],
  last: WordPairs["last"],
): ReadonlyMap<number, number | undefined> {
  const preceding = new Map<number, number[]>();
  for (const [word, next] of follow)
    for (const other of next) preceding.set(other, [...(preceding.get(other) ?? []), word]);
  const home = new Map<number, number | undefined>([...last].map((word) => [word, undefined]));
  const queue = [...last];
  for (const at of queue) {
    for (const word of preceding.get(at) ?? []) {
      if (home.has(word)) continue;
      home.set(word, at);
      queue.push(word);
    }
  }
  return home;
}
