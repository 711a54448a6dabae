import type { Board } from "../catalog/board.js";
import { Catalog } from "../catalog/catalog.js";
import { type Choice, type ChoiceRequest, choose } from "../catalog/choose.js";
import { matchLanguages } from "../catalog/language.js";
import type { Capability, ModelManifest } from "../catalog/manifest.js";
import { wakeWordsOf } from "../catalog/wake-words.js";
import type { LadderRequest, LadderSource, WakeChoice } from "../sessions/ladder.js";
import { inPlaceOf } from "./warm-up-plan.js";

/** What the ladder is made from; read anew at each question, since the user may change it at run time. */
export interface LadderFacts {
  readonly catalog: Catalog;
  readonly board: Board;
  readonly language: string;
  /** The language a provider or model has of its own for requests that name none. */
  ownLanguage?(named: string, capability: Capability): string | undefined;
  /** `auto`, a provider or a model, by capability. */
  readonly wanted: Readonly<Partial<Record<Capability, string>>>;
  /** The model a user chose for a language while running. */
  chosen?(capability: Capability, language: string): string | undefined;
  /** Chosen by the user; naming a word accepts the licence of its model. */
  readonly wakeWords: readonly string[];
  /** Providers that may be used and can work on this machine. */
  readonly providers: ReadonlySet<string>;
  /** Configured size of a provider's models, `auto` for any. */
  sizeOf(provider: string, capability: Capability): string;
  readonly present: ReadonlySet<string>;
  readonly offline: boolean;
  /** The model that answers in the place of one that does not fit beside the others. */
  standIn?(model: string): string | undefined;
  /** False for a model whose sources do not answer at present. */
  reachable(model: ModelManifest): boolean;
}

/** The model a capability gets for a language, and why. */
export interface Chosen {
  readonly capability: Capability;
  readonly language: string;
  readonly rungs: readonly ModelManifest[];
  readonly why: string;
  /** True when the user has named the first of them. */
  readonly named: boolean;
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

  /**
   * @param options.asConfigured as if the user had chosen nothing while running
   * @param options.planned false for the best of each, whether or not all of them fit into memory together
   */
  choose(
    capability: Capability,
    { language, wanted }: LadderRequest,
    { asConfigured = false, planned = true } = {},
  ): Chosen {
    const facts = this.#facts();
    const name = wanted ?? facts.wanted[capability] ?? "auto";
    const request = {
      capability,
      language: language ?? facts.ownLanguage?.(name, capability) ?? facts.language,
      board: facts.board,
      present: facts.present,
      // Nobody is given a model unasked that they might not be allowed to use.
      allowNonCommercial: false,
      offline: facts.offline,
      providers: facts.providers,
    };
    const catalog = facts.catalog.ofSize(facts.sizeOf);
    const choice = bestReachable(facts, catalog, request);
    const automatic = choice.model ? [choice.model, ...choice.rungs] : [];
    const chosen = asConfigured ? undefined : facts.chosen?.(capability, request.language);
    const configured = modelNamed(facts, catalog, facts.wanted[capability], request);
    const asked = modelNamed(facts, catalog, wanted, request) ?? modelNamed(facts, catalog, chosen, request);
    const foreign =
      configured && !asked && isForeign(facts, configured, request.language) ? configured : undefined;
    const named = foreign ? undefined : (asked ?? configured);
    const first = named ? [named] : [];
    const last = foreign ? [foreign] : [];
    const rungs = [...first, ...automatic.filter((model) => model !== named && model !== foreign), ...last];
    const common = {
      capability,
      language: request.language,
      named: named !== undefined,
      leftOut: choice.leftOut,
    };
    const standIn = planned && !named && choice.model ? facts.standIn?.(choice.model.id) : undefined;
    const small = rungs.find(({ id }) => id === standIn);
    if (small) {
      const others = rungs.filter((model) => model !== small);
      return { ...common, rungs: [small, ...others], why: inPlaceOf(choice.model?.id) };
    }
    const why = named && named !== choice.model ? "named by the user" : choice.why;
    return { ...common, rungs, why };
  }

  hearing(words: readonly string[]): readonly WakeChoice[] {
    const { catalog, providers, wakeWords } = this.#facts();
    const models = catalog.byCapability("wake").filter(({ provider }) => providers.has(provider));
    const heard = new Map<ModelManifest, string[]>();
    for (const word of new Set((words.length > 0 ? words : wakeWords).map(wordNamed))) {
      const model = models.find((candidate) => wakeWordsOf(candidate).includes(word));
      if (model) heard.set(model, [...(heard.get(model) ?? []), word]);
    }
    return [...heard].map(([manifest, itsWords]) => ({ manifest, words: itsWords }));
  }
}

/**
 * Whether a voice is named for the house's own language only: texts in others get a voice that can speak them, which
 * Home Assistant would have no way to ask for. It comes last then.
 */
function isForeign(facts: LadderFacts, { capability, languages }: ModelManifest, language: string): boolean {
  if (capability !== "tts" || matchLanguages([facts.language], language) > 0) return false;
  return matchLanguages(languages, language) === 0;
}

/** The choice among what can be had now; among all when that would leave nothing. */
function bestReachable(
  { present, reachable }: LadderFacts,
  catalog: Catalog,
  request: ChoiceRequest,
): Choice {
  const out = new Set(
    catalog.byCapability(request.capability).filter((model) => !present.has(model.id) && !reachable(model)),
  );
  const all = choose(catalog, request);
  if (out.size === 0) return all;
  const near = choose(new Catalog(catalog.models.filter((model) => !out.has(model))), request);
  if (!near.model) return all;
  const far =
    all.model && out.has(all.model)
      ? `; ${all.model.id} would be better, but its source does not answer now`
      : "";
  const silent = [...out]
    .filter(({ languages }) => matchLanguages(languages, request.language) > 0)
    .map(({ id }) => ({ id, why: "its source does not answer now" }));
  return { ...near, why: `${near.why}${far}`, leftOut: [...near.leftOut, ...silent] };
}

/**
 * The model meant by an id, a short name or a provider; of a provider the best for the language.
 * @param sized the catalog without models of other sizes than those configured
 */
function modelNamed(
  facts: LadderFacts,
  sized: Catalog,
  name: string | undefined,
  request: ChoiceRequest,
): ModelManifest | undefined {
  if (name === undefined || name === "auto" || name === "") return undefined;
  const { catalog, providers, sizeOf } = facts;
  const own = new Catalog(sized.byProvider(name));
  // Who names a size has asked for that download, however large.
  const limit = sizeOf(name, request.capability) === "auto" ? {} : { maxDownloadBytes: Infinity };
  const best = bestReachable(facts, own, { ...request, ...limit, allowNonCommercial: true }).model;
  const model = best ?? catalog.lookUp(name, request.capability);
  return model && providers.has(model.provider) ? model : undefined;
}

/** `Hey Jarvis`, `hey-jarvis` and `openwakeword/hey_jarvis` are hey_jarvis. */
const wordNamed = (text: string): string =>
  text
    .slice(text.indexOf("/") + 1)
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
