import type { Arc, WordGraph } from "../../home/match/word-graph.js";

/** How much more often people say what a template gives first: weight of the n-th choice is n to the minus this. */
const FIRST_CHOICE = 0.7;
/** How often something optional is left out. */
const LEFT_OUT = 0.35;

/**
 * Sentences of a graph as people would say them: every intent as often as another, the first choices of a template more
 * often than the later ones. The same graph gives the same sentences.
 */
export function* samplePhrases(graph: WordGraph, count: number): Generator<string> {
  const out: Arc[][] = Array.from({ length: graph.nodes }, () => []);
  for (const arc of graph.arcs) out[arc.from]?.push(arc);
  const intents = new Map<string, Arc[]>();
  for (const [arc, intent] of graph.intentOf) intents.set(intent, [...(intents.get(intent) ?? []), arc]);
  const openings = [...intents.values()];
  const chance = new Chance();
  for (let turn = 0; turn < count; turn++) {
    const intent = openings[Math.floor(chance.next() * openings.length)];
    if (!intent) return;
    yield walk(chance.firstRather(intent)).join(" ");
  }

  function walk(opening: Arc): readonly string[] {
    const words: string[] = [];
    for (let arc: Arc | undefined = opening; arc; arc = nextArc(arc.to)) {
      if (arc.word >= 0) words.push(graph.words[arc.word] ?? "");
      const items = graph.lists[arc.list];
      const item = items?.[Math.floor(chance.next() * items.length)];
      for (const word of item?.words ?? []) words.push(graph.words[word] ?? "");
    }
    return words;
  }

  function nextArc(node: number): Arc | undefined {
    const arcs = out[node] ?? [];
    const silent = arcs.filter(({ word, list }) => word < 0 && list < 0);
    if (silent.length === 0 || silent.length === arcs.length) return chance.firstRather(arcs);
    const spoken = arcs.filter(({ word, list }) => word >= 0 || list >= 0);
    return chance.firstRather(chance.next() < LEFT_OUT ? silent : spoken);
  }
}

/** Numbers that look random and are the same every time. @see Park and Miller, "Random number generators", CACM 31 (1988) */
class Chance {
  #seed = 12_345;

  /** From 0 to 1. */
  next(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }

  firstRather<T extends Arc | undefined>(choices: readonly T[]): T {
    const weights = choices.map((_, index) => (index + 1) ** -FIRST_CHOICE);
    let left = this.next() * weights.reduce((sum, weight) => sum + weight, 0);
    const index = weights.findIndex((weight) => {
      left -= weight;
      return left <= 0;
    });
    // Rounding may leave a trace after the last weight. An empty list of choices gives undefined, as its type says.
    return choices.at(index) as T;
  }
}
