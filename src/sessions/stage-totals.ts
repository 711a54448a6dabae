import type { RequestTrace, StageTotal } from "./snapshot.js";

/** Adds up how long requests that have ended were in each of their stages. Stage names come from this program: few. */
export class StageTotals {
  readonly #totals = new Map<string, StageTotal>();

  /** By kind and stage, in the order in which they first occurred. */
  list(): readonly StageTotal[] {
    return [...this.#totals.values()];
  }

  /** @param trace of a request that has ended; its last stage is the end and takes no time */
  add({ kind, stages }: RequestTrace): void {
    for (const [index, { name, atMs }] of stages.entries()) {
      const key = `${kind} ${name}`;
      const { count, totalMs } = this.#totals.get(key) ?? { count: 0, totalMs: 0 };
      const spentMs = (stages[index + 1]?.atMs ?? atMs) - atMs;
      this.#totals.set(key, { kind, stage: name, count: count + 1, totalMs: totalMs + spentMs });
    }
  }
}
