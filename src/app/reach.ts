import type { ModelManifest, ModelSource } from "../catalog/manifest.js";

const PATIENCE_MS = 4_000;

/** Finds out which download hosts answer, so that a model nobody can get now is not chosen over one that works. */
export class Reach {
  readonly #replace: (url: string) => string;
  #unreachable: ReadonlySet<string> = new Set();

  /** @param replace gives the address really asked for a catalog's address: the mirror's where one is set */
  constructor(replace: (url: string) => string) {
    this.#replace = replace;
  }

  /** True when some source of the model may be tried: a host that answered, one not asked yet, or no host at all. */
  has(model: ModelManifest): boolean {
    return model.sources.length === 0 || model.sources.some((source) => this.#open(source));
  }

  /** Asks every host of these models' sources once. @returns true when something has changed. Never rejects. */
  async look(models: readonly ModelManifest[]): Promise<boolean> {
    const origins = new Set(
      models.flatMap(({ sources }) => sources.flatMap((source) => this.#origins(source))),
    );
    const answers = await Promise.all(
      [...origins].map(async (origin) => ({ origin, ok: await isThere(origin) })),
    );
    const unreachable = new Set(answers.filter(({ ok }) => !ok).map(({ origin }) => origin));
    const changed = [...unreachable, ...this.#unreachable].some(
      (origin) => unreachable.has(origin) !== this.#unreachable.has(origin),
    );
    this.#unreachable = unreachable;
    return changed;
  }

  #open(source: ModelSource): boolean {
    return this.#origins(source).every((origin) => !this.#unreachable.has(origin));
  }

  #origins(source: ModelSource): readonly string[] {
    switch (source.kind) {
      case "http":
        return Object.values(source.urls).map((url) => this.#origin(url));
      case "archive":
        return [this.#origin(source.url)];
      case "parts":
        return source.parts.flatMap((part) => this.#origins(part));
      case "npm":
      case "file":
        return [];
    }
  }

  #origin(url: string): string {
    return new URL(this.#replace(url)).origin;
  }
}

/** Any answer will do: what matters is that somebody is there. */
async function isThere(origin: string): Promise<boolean> {
  try {
    await fetch(origin, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
    return true;
  } catch (error) {
    return !(error instanceof Error);
  }
}
