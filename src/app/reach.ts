import type { ModelManifest, ModelSource } from "../catalog/manifest.js";
import { askHost } from "./ask-host.js";

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
    const answers = await Promise.all(originsOf(models, this.#replace).map((origin) => askHost(origin)));
    const unreachable = new Set(answers.filter(({ ok }) => !ok).map(({ origin }) => origin));
    const changed = [...unreachable, ...this.#unreachable].some(
      (origin) => unreachable.has(origin) !== this.#unreachable.has(origin),
    );
    this.#unreachable = unreachable;
    return changed;
  }

  #open(source: ModelSource): boolean {
    return sourceOrigins(source, this.#replace).every((origin) => !this.#unreachable.has(origin));
  }
}

/** The hosts these models are downloaded from, each once. Packages of npm come from a registry of their own choice. */
export function originsOf(
  models: readonly ModelManifest[],
  replace: (url: string) => string,
): readonly string[] {
  const all = models.flatMap(({ sources }) => sources.flatMap((source) => sourceOrigins(source, replace)));
  return [...new Set(all)];
}

/** The hosts that must all answer for one source. */
export function sourceOrigins(source: ModelSource, replace: (url: string) => string): readonly string[] {
  switch (source.kind) {
    case "http":
      return Object.values(source.urls).map((url) => new URL(replace(url)).origin);
    case "archive":
      return [new URL(replace(source.url)).origin];
    case "parts":
      return source.parts.flatMap((part) => sourceOrigins(part, replace));
    case "npm":
    case "file":
      return [];
  }
}
