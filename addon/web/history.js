const KEEP_MS = 10 * 60_000;

/** What a model is doing, as one word: the work on its files where there is some, else its life in memory. */
export function stageOf({ asset, state }) {
  if (["downloading", "verifying", "extracting"].includes(asset.name)) return asset.name;
  if (asset.name === "corrupt") return "failed";
  return state;
}

/** Remembers what each model did since the page was opened, for at most ten minutes. */
export class History {
  #lives = new Map();

  note({ models, atMs }) {
    for (const model of models) {
      const life = this.#lives.get(model.id) ?? [];
      const stage = stageOf(model);
      if (life.at(-1)?.stage !== stage) life.push({ stage, fromMs: atMs });
      while (life.length > 1 && life[1].fromMs < atMs - KEEP_MS) life.shift();
      this.#lives.set(model.id, life);
    }
  }

  /** `[{ stage, fromMs, toMs }]`, oldest first. */
  of(id, nowMs) {
    const life = this.#lives.get(id) ?? [];
    return life.map(({ stage, fromMs }, index) => ({
      stage,
      fromMs: Math.max(fromMs, nowMs - KEEP_MS),
      toMs: life[index + 1]?.fromMs ?? nowMs,
    }));
  }
}
