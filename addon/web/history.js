import { ask } from "./api.js";

const KEEP_MS = 30 * 60_000;

/** What a model is doing, as one word: the work on its files where there is some, else its life in memory. */
export function stageOf({ asset, state }) {
  if (["downloading", "verifying", "extracting"].includes(asset.name)) return asset.name;
  if (asset.name === "corrupt") return "failed";
  return state;
}

/** What each model did in the last half hour: as the program remembers it, and as the page sees it from then on. */
export class History {
  #lives = new Map();
  #startedAtMs = 0;

  /** Asks the program what happened before the page was opened, or while it had no connection; after the first `note`. */
  async load() {
    const lives = await (await ask("api/history", { method: "GET" })).json();
    // A model of which nothing is told did nothing since the start.
    for (const [first] of this.#lives.values()) first.fromMs = this.#startedAtMs;
    for (const [id, moments] of Object.entries(lives)) {
      const life = moments.map(({ stage, atMs }) => ({ stage, fromMs: atMs }));
      this.#lives.set(id, [{ stage: "cold", fromMs: this.#startedAtMs }, ...life]);
    }
  }

  note({ models, atMs, startedAtMs }) {
    // Another start of the program: what was before is none of its life.
    if (this.#startedAtMs !== startedAtMs) this.#lives.clear();
    this.#startedAtMs = startedAtMs;
    for (const model of models) {
      const life = this.#lives.get(model.id) ?? [{ stage: stageOf(model), fromMs: atMs }];
      const stage = stageOf(model);
      if (life.at(-1).stage !== stage) life.push({ stage, fromMs: atMs });
      while (life.length > 1 && life[1].fromMs < atMs - KEEP_MS) life.shift();
      this.#lives.set(model.id, life);
    }
  }

  /** `[{ stage, fromMs, toMs }]`, oldest first. */
  of(id, nowMs) {
    const life = this.#lives.get(id) ?? [];
    return life.map(({ stage, fromMs }, index) => ({
      stage,
      fromMs: Math.min(nowMs, Math.max(fromMs, nowMs - KEEP_MS)),
      toMs: life[index + 1]?.fromMs ?? nowMs,
    }));
  }
}
