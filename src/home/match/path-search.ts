import { joinText } from "./join-text.js";
import type { WordCosts } from "./word-costs.js";
import type { Arc, ListItem, WordGraph } from "./word-graph.js";

/** A way through the graph. */
export interface FoundPath {
  readonly cost: number;
  readonly text: string;
  readonly meaning: string;
  readonly intent: string;
  /** Sum of its words' weights. */
  readonly weight: number;
}

/** A partial path, searched from the end to the start. */
interface Step {
  readonly node: number;
  /** Heard words not yet used. */
  readonly heard: number;
  /** From here to the end. */
  readonly cost: number;
  /** With the cheapest way from the start to here. */
  readonly total: number;
  readonly texts: readonly string[];
  readonly meanings: readonly string[];
  readonly weight: number;
}

/** Steps looked at for one utterance: enough for dozens of sentences that differ by little. */
const MAX_STEPS = 6000;

/**
 * The cheapest ways through a graph of words that turn heard words into a sentence. First the cheapest cost from the start to
 * every node with every number of heard words used, then paths from the end back along the cheapest, best first.
 */
export class PathSearch {
  readonly #graph: WordGraph;
  readonly #costs: WordCosts;
  readonly #heard: readonly string[];
  readonly #width: number;
  readonly #instead: readonly Float32Array[];
  readonly #extra: Float32Array;
  /** By list: cost of each item for the heard words [from, to), at (item * width + from) * width + to. */
  readonly #itemCosts: readonly Float32Array[];
  /** By list: that of its cheapest item, at from * width + to. */
  readonly #listCosts: readonly Float32Array[];
  readonly #forward: Float32Array;

  constructor(graph: WordGraph, costs: WordCosts, heard: readonly string[]) {
    this.#graph = graph;
    this.#costs = costs;
    this.#heard = heard;
    this.#width = heard.length + 1;
    this.#instead = heard.map((word) => costs.instead(word));
    this.#extra = Float32Array.from(heard, (word) => costs.weight(word));
    this.#itemCosts = graph.lists.map((items) => this.#costsOfItems(items));
    this.#listCosts = this.#itemCosts.map((costs) => cheapest(costs, this.#width * this.#width));
    this.#forward = this.#costFromStart();
  }

  /** Cost of the cheapest way. */
  get bestCost(): number {
    return this.#reached(this.#graph.end, this.#heard.length);
  }

  /** The cheapest ways with different meanings, cheapest first. */
  best(count: number): readonly FoundPath[] {
    const into = incoming(this.#graph);
    const queue = new CheapestFirst();
    const total = this.bestCost;
    queue.push({
      node: this.#graph.end,
      heard: this.#heard.length,
      cost: 0,
      total,
      texts: [],
      meanings: [],
      weight: 0,
    });
    const seen = new Set<string>();
    const found = new Map<string, FoundPath>();
    for (let steps = 0; steps < MAX_STEPS && found.size < count; steps++) {
      const step = queue.pop();
      if (!step) break;
      const key = `${step.node} ${step.heard} ${step.meanings.join(" ")}`;
      if (seen.has(key)) continue;
      seen.add(key);
      this.#dropHeard(step, queue);
      for (const arc of into[step.node] ?? []) {
        const before = this.#along(arc, step, queue);
        if (arc.from === 0 && before) this.#note(arc, before, found);
      }
    }
    return [...found.values()];
  }

  #note(arc: Arc, { cost, heard, texts, meanings, weight }: Step, found: Map<string, FoundPath>): void {
    const intent = this.#graph.intentOf.get(arc) ?? "";
    const rest = this.#extra.subarray(0, heard).reduce((sum, extra) => sum + extra, 0);
    const meaning = meanings.toReversed().join(" ");
    const path = { cost: cost + rest, text: joinText(texts.toReversed()), meaning, intent, weight };
    const known = found.get(meaning);
    if (!known || path.cost < known.cost) found.set(meaning, path);
  }

  /** Goes back over an arc in every way it can have been heard. @returns the step for an arc on which nothing is spoken */
  #along(arc: Arc, step: Step, queue: CheapestFirst): Step | undefined {
    if (arc.list >= 0) {
      this.#alongList(arc, step, queue);
      return undefined;
    }
    if (arc.word < 0) return this.#push(queue, step, arc.from, step.heard, 0, "", undefined);
    const word = this.#graph.words[arc.word] ?? "";
    const weight = this.#costs.missing[arc.word] ?? 1;
    const meaning = this.#costs.isLight(word) ? undefined : word;
    this.#push(queue, step, arc.from, step.heard, weight, arc.text, meaning, weight);
    if (step.heard > 0) {
      const cost = this.#instead[step.heard - 1]?.[arc.word] ?? 1;
      this.#push(queue, step, arc.from, step.heard - 1, cost, arc.text, meaning, weight);
    }
    return undefined;
  }

  #alongList(arc: Arc, step: Step, queue: CheapestFirst): void {
    const items = this.#graph.lists[arc.list] ?? [];
    const costs = this.#itemCosts[arc.list] ?? new Float32Array();
    const square = this.#width * this.#width;
    for (let from = step.heard; from >= 0; from--) {
      const place = from * this.#width + step.heard;
      const room = this.bestCost + SLACK - step.cost - this.#reached(arc.from, from);
      // Mostly no item can lie on a way worth looking at.
      if ((this.#listCosts[arc.list]?.[place] ?? 0) > room) continue;
      for (const [index, item] of items.entries()) {
        const cost = costs[index * square + place] ?? 0;
        if (cost > room) continue;
        const weight = item.words.reduce((sum, word) => sum + (this.#costs.missing[word] ?? 1), 0);
        this.#push(queue, step, arc.from, from, cost, item.text, item.text.toLowerCase(), weight);
      }
    }
  }

  #dropHeard(step: Step, queue: CheapestFirst): void {
    if (step.heard === 0 || step.node === 0) return;
    this.#push(queue, step, step.node, step.heard - 1, this.#extra[step.heard - 1] ?? 1, "", undefined);
  }

  #push(
    queue: CheapestFirst,
    step: Step,
    node: number,
    heard: number,
    added: number,
    text: string,
    meaning: string | undefined,
    weight = 0,
  ): Step | undefined {
    const cost = step.cost + added;
    const total = cost + this.#reached(node, heard);
    if (total > this.bestCost + SLACK) return undefined;
    const next = {
      node,
      heard,
      cost,
      total,
      texts: text === "" ? step.texts : [...step.texts, text],
      meanings: meaning === undefined ? step.meanings : [...step.meanings, meaning],
      weight: step.weight + weight,
    };
    queue.push(next);
    return next;
  }

  #reached(node: number, heard: number): number {
    return this.#forward[node * this.#width + heard] ?? Number.POSITIVE_INFINITY;
  }

  #costFromStart(): Float32Array {
    const { arcs, nodes } = this.#graph;
    const width = this.#width;
    const forward = new Float32Array(nodes * width).fill(Number.POSITIVE_INFINITY);
    forward[0] = 0;
    let at = 0;
    for (let node = 0; node < nodes; node++) {
      const base = node * width;
      for (let heard = 1; heard < width; heard++) {
        lower(forward, base + heard, (forward[base + heard - 1] ?? 0) + (this.#extra[heard - 1] ?? 1));
      }
      for (; at < arcs.length && arcs[at]?.from === node; at++) this.#spread(forward, base, arcs[at] as Arc);
    }
    return forward;
  }

  #spread(forward: Float32Array, base: number, arc: Arc): void {
    const width = this.#width;
    const target = arc.to * width;
    const list = this.#listCosts[arc.list];
    const missing = arc.word < 0 ? 0 : (this.#costs.missing[arc.word] ?? 1);
    for (let heard = 0; heard < width; heard++) {
      const cost = forward[base + heard] ?? Number.POSITIVE_INFINITY;
      if (cost === Number.POSITIVE_INFINITY) continue;
      if (list) {
        for (let to = heard; to < width; to++)
          lower(forward, target + to, cost + (list[heard * width + to] ?? 0));
        continue;
      }
      lower(forward, target + heard, cost + missing);
      if (arc.word < 0 || heard + 1 >= width) continue;
      lower(forward, target + heard + 1, cost + (this.#instead[heard]?.[arc.word] ?? 1));
    }
  }

  #costsOfItems(items: readonly ListItem[]): Float32Array {
    const square = this.#width * this.#width;
    const costs = new Float32Array(items.length * square);
    let [row, next] = [new Float32Array(this.#width), new Float32Array(this.#width)];
    for (const [index, { words }] of items.entries()) {
      for (let from = 0; from < this.#width; from++) {
        this.#startRow(row, from);
        for (const word of words) {
          this.#advanceRow(row, next, from, word);
          [row, next] = [next, row];
        }
        costs.set(row, index * square + from * this.#width);
      }
    }
    return costs;
  }

  /** Nothing said yet: every heard word from `from` on is too many. What lies before cannot be. */
  #startRow(row: Float32Array, from: number): void {
    row.fill(Number.POSITIVE_INFINITY, 0, from);
    row[from] = 0;
    for (let to = from + 1; to < this.#width; to++) row[to] = (row[to - 1] ?? 0) + (this.#extra[to - 1] ?? 1);
  }

  #advanceRow(row: Float32Array, next: Float32Array, from: number, word: number): void {
    const missing = this.#costs.missing[word] ?? 1;
    next.fill(Number.POSITIVE_INFINITY, 0, from);
    next[from] = (row[from] ?? 0) + missing;
    for (let to = from + 1; to < this.#width; to++) {
      next[to] = Math.min(
        (row[to] ?? 0) + missing,
        (next[to - 1] ?? 0) + (this.#extra[to - 1] ?? 1),
        (row[to - 1] ?? 0) + (this.#instead[to - 1]?.[word] ?? 1),
      );
    }
  }
}

/** By place in the square, the lowest of all squares. */
function cheapest(costs: Float32Array, square: number): Float32Array {
  const lowest = new Float32Array(square).fill(Number.POSITIVE_INFINITY);
  for (let at = 0; at < costs.length; at++) lower(lowest, at % square, costs[at] ?? 0);
  return lowest;
}

/** Ways that cost this much more than the cheapest are not looked for: they are no rivals. */
const SLACK = 1.2;

function lower(costs: Float32Array, at: number, cost: number): void {
  if (cost < (costs[at] ?? 0)) costs[at] = cost;
}

const INCOMING = new WeakMap<WordGraph, readonly (readonly Arc[])[]>();

/** Arcs by the node they lead to, worked out once for a graph. */
function incoming(graph: WordGraph): readonly (readonly Arc[])[] {
  const known = INCOMING.get(graph);
  if (known) return known;
  const into: Arc[][] = Array.from({ length: graph.nodes }, () => []);
  for (const arc of graph.arcs) into[arc.to]?.push(arc);
  INCOMING.set(graph, into);
  return into;
}

/** A binary heap by `total`. */
class CheapestFirst {
  readonly #heap: Step[] = [];

  push(step: Step): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(step);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Step;
      if (above.total <= step.total) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = step;
  }

  pop(): Step | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Step).total < (heap[child] as Step).total)
        child += 1;
      if ((heap[child] as Step).total >= last.total) break;
      heap[at] = heap[child] as Step;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
