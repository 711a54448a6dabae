import type { GarbageItem, GarbageSource } from "../assets/garbage.js";
import type { AssetState, ModelFiles, ModelStore } from "../assets/model-store.js";
import { InternalError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalog } from "../catalog/catalog.js";
import type { ModelManifest } from "../catalog/manifest.js";

/**
 * A store that gets, beside a model, what its provider lacks on this machine: a library or a program of its own. The
 * part's files join the model's by role.
 */
export class StoreWithParts implements ModelStore, GarbageSource {
  readonly #store: ModelStore & GarbageSource;
  readonly #parts: Catalog;
  readonly #partOf: (manifest: ModelManifest) => Promise<string | undefined>;
  readonly #log: Logger;
  readonly #told = new Set<string>();

  constructor(options: {
    readonly store: ModelStore & GarbageSource;
    /** Entries of `models/parts`. */
    readonly parts: Catalog;
    /** Id of the part a model's provider lacks; undefined where nothing is missing. */
    readonly partOf: (manifest: ModelManifest) => Promise<string | undefined>;
    readonly log: Logger;
  }) {
    this.#store = options.store;
    this.#parts = options.parts;
    this.#partOf = options.partOf;
    this.#log = options.log;
  }

  state(id: string): AssetState {
    return this.#store.state(id);
  }

  async find(manifest: ModelManifest): Promise<ModelFiles | undefined> {
    const part = await this.#part(manifest);
    const files = await this.#store.find(manifest);
    if (!part || !files) return files;
    const more = await this.#store.find(part);
    return more && together(files, more);
  }

  async obtain(manifest: ModelManifest, signal?: AbortSignal): Promise<ModelFiles> {
    const part = await this.#part(manifest);
    const files = await this.#store.obtain(manifest, signal);
    if (!part) return files;
    this.#tell(part);
    return together(files, await this.#store.obtain(part, signal));
  }

  async check(manifest: ModelManifest): Promise<AssetState> {
    const part = await this.#part(manifest);
    const state = await this.#store.check(manifest);
    return part && state.name === "present" ? this.#store.check(part) : state;
  }

  /** The part stays: other models of the provider may need it. */
  remove(manifest: ModelManifest): Promise<void> {
    return this.#store.remove(manifest);
  }

  onChange(listener: (id: string, state: AssetState) => void): () => void {
    return this.#store.onChange(listener);
  }

  collectGarbage(known: ReadonlySet<string>, remove: boolean): Promise<readonly GarbageItem[]> {
    const ids = this.#parts.models.map(({ id }) => id);
    return this.#store.collectGarbage(new Set([...known, ...ids]), remove);
  }

  async #part(manifest: ModelManifest): Promise<ModelManifest | undefined> {
    const id = await this.#partOf(manifest);
    if (id === undefined) return undefined;
    const part = this.#parts.find(id);
    if (!part) throw new InternalError("invariant-broken", `models/parts has no ${id}.`);
    return part;
  }

  /** People see whose work and which licence it is before it comes onto their machine. */
  #tell({ id, title, licence }: ModelManifest): void {
    if (this.#told.has(id) || this.#store.state(id).name === "present") return;
    this.#told.add(id);
    const where = licence.url ? `, ${licence.url}` : "";
    this.#log.info(`${title} is needed on this machine and is downloaded (licence ${licence.id}${where})`, {
      model: id,
    });
  }
}

const together = (files: ModelFiles, more: ModelFiles): ModelFiles => ({
  ...files,
  paths: { ...files.paths, ...more.paths },
});
