import type { Board } from "../catalog/board.js";
import type { Catalog } from "../catalog/catalog.js";
import { choose } from "../catalog/choose.js";
import type { Capability, ModelManifest } from "../catalog/manifest.js";
import type { LadderRequest, LadderSource } from "../sessions/ladder.js";

/** What the ladder is made from; read anew at each question, since the user may change it at run time. */
export interface LadderFacts {
  readonly catalog: Catalog;
  readonly board: Board;
  readonly language: string;
  /** `auto`, a provider or a model, by capability. */
  readonly wanted: Readonly<Partial<Record<Capability, string>>>;
  /** Providers that may be used and can work on this machine. */
  readonly providers: ReadonlySet<string>;
  /** Configured size of a provider's models, `auto` for any. */
  sizeOf(provider: string, capability: Capability): string;
  readonly present: ReadonlySet<string>;
  readonly offline: boolean;
}

/** The model a capability gets for a language, and why. */
export interface Chosen {
  readonly capability: Capability;
  readonly language: string;
  readonly rungs: readonly ModelManifest[];
  readonly why: string;
  readonly leftOut: readonly { readonly id: string; readonly why: string }[];
}

/** Ranks models for requests: what the caller or the user named comes first, then the catalog's own choice. */
export class CatalogLadder implements LadderSource {
  readonly #facts: () => LadderFacts;

  constructor(facts: () => LadderFacts) {
    this.#facts = facts;
  }

  ladder(capability: Capability, request: LadderRequest): readonly ModelManifest[] {
    return this.choose(capability, request).rungs;
  }

  choose(capability: Capability, { language, wanted }: LadderRequest): Chosen {
    const facts = this.#facts();
    const spoken = language ?? facts.language;
    const catalog = facts.catalog;
    const choice = choose(catalog.ofSize(facts.sizeOf), {
      capability,
      language: spoken,
      board: facts.board,
      present: facts.present,
      allowNonCommercial: true,
      offline: facts.offline,
      providers: facts.providers,
    });
    const automatic = choice.model ? [choice.model, ...choice.rungs] : [];
    const configured = facts.wanted[capability] ?? "auto";
    const named =
      this.#named(wanted, capability, automatic) ?? this.#named(configured, capability, automatic);
    const rungs = named ? [named, ...automatic.filter((model) => model !== named)] : automatic;
    const why = named && named !== choice.model ? "named by the user" : choice.why;
    return { capability, language: spoken, rungs, why, leftOut: choice.leftOut };
  }

  /** The model meant by an id, a short name or a provider; the provider's best for the language. */
  #named(
    name: string | undefined,
    capability: Capability,
    automatic: readonly ModelManifest[],
  ): ModelManifest | undefined {
    if (name === undefined || name === "auto" || name === "") return undefined;
    const { catalog, providers } = this.#facts();
    const best = automatic.find(({ provider }) => provider === name);
    if (best) return best;
    const model =
      catalog.lookUp(name, capability) ??
      catalog.byProvider(name).find((each) => each.capability === capability);
    return model && providers.has(model.provider) ? model : undefined;
  }
}
