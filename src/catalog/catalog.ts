import { baseLanguage, matchLanguages } from "./language.js";
import type { Capability, ModelManifest } from "./manifest.js";
import { type PiperIndex, piperVoice } from "./piper-voices.js";

/** The models known to this installation. Immutable: adding gives a new catalog. */
export class Catalog {
  /** In the order of the catalog files, the user's own entries last. */
  readonly models: readonly ModelManifest[];
  readonly #byId = new Map<string, ModelManifest>();
  readonly #byAlias = new Map<string, ModelManifest>();

  readonly #piper: PiperIndex | undefined;

  /**
   * @param models a later one replaces an earlier one of the same id.
   * @param piper the index of the Piper collection, where it is at hand.
   */
  constructor(models: Iterable<ModelManifest>, piper?: PiperIndex) {
    this.#piper = piper;
    for (const model of models) this.#byId.set(model.id, model);
    this.models = [...this.#byId.values()];
    for (const model of this.models) {
      for (const alias of model.aliases ?? []) this.#byAlias.set(`${model.provider}/${alias}`, model);
    }
  }

  /** The model of this id or alias; a voice of the Piper collection needs no entry, its id says where it lies. */
  find(id: string): ModelManifest | undefined {
    const entry = this.#byId.get(id) ?? this.#byAlias.get(id);
    if (entry || !id.startsWith("piper/")) return entry;
    return piperVoice(id.slice("piper/".length), this.#piper);
  }

  /**
   * The model a person means: an id, an alias, or either without the provider, of the wanted capability.
   * A short name that several providers use means the best of them; a model's own name, under which peers know it, goes
   * before another's alias.
   */
  lookUp(name: string, capability?: Capability): ModelManifest | undefined {
    const found = this.find(name);
    if (found) return capability === undefined || found.capability === capability ? found : undefined;
    const named = this.models.filter(
      (model) =>
        (capability === undefined || model.capability === capability) &&
        (model.id === `${model.provider}/${name}` || model.aliases?.includes(name)),
    );
    if (named.length === 0 && (capability ?? "tts") === "tts") return this.find(`piper/${name}`);
    const isOwn = ({ id, provider }: ModelManifest) => Number(id === `${provider}/${name}`);
    return named.sort((a, b) => isOwn(b) - isOwn(a) || b.quality - a.quality)[0];
  }

  byProvider(provider: string): readonly ModelManifest[] {
    return this.models.filter((model) => model.provider === provider);
  }

  byCapability(capability: Capability): readonly ModelManifest[] {
    return this.models.filter((model) => model.capability === capability);
  }

  /** Models of a capability that serve a language; an exact region comes before the language alone. */
  byLanguage(capability: Capability, language: string): readonly ModelManifest[] {
    return this.byCapability(capability)
      .map((model) => ({ model, match: matchLanguages(model.languages, language) }))
      .filter(({ match }) => match > 0)
      .sort((a, b) => b.match - a.match || b.model.quality - a.model.quality)
      .map(({ model }) => model);
  }

  /** Plain language codes any model of the capability serves, sorted. */
  languages(capability: Capability): readonly string[] {
    const codes = this.byCapability(capability).flatMap(({ languages }) => languages.map(baseLanguage));
    return [...new Set(codes)].sort();
  }

  /**
   * Without the models of other sizes than those configured, `auto` meaning any. A size is the part of an id after
   * the provider, with or without a language behind it: `tiny` is `whisper/tiny` and `moonshine/tiny-en`.
   */
  ofSize(sizeOf: (provider: string, capability: Capability) => string): Catalog {
    const sizes = new Map<string, string>();
    const configured = ({ provider, capability }: ModelManifest): string => {
      const name = `${capability} ${provider}`;
      const size = sizes.get(name) ?? sizeOf(provider, capability);
      sizes.set(name, size);
      return size;
    };
    if (this.models.every((model) => configured(model) === "auto")) return this;
    return new Catalog(
      this.models.filter((model) => {
        const size = configured(model);
        const name = model.id.slice(model.provider.length + 1);
        const isNamed = [name, ...(model.aliases ?? [])].some(
          (each) => each === size || each.startsWith(`${size}-`) || each.startsWith(`${size}.`),
        );
        return size === "auto" || isNamed;
      }),
    );
  }

  /** This catalog and more models; one of the same id replaces ours. */
  with(models: Iterable<ModelManifest>): Catalog {
    return new Catalog([...this.models, ...models], this.#piper);
  }
}
