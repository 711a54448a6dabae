import { MIB } from "../../base/units.js";
import { matchLanguages } from "../../catalog/language.js";
import type { ModelManifest } from "../../catalog/manifest.js";
import type { CatalogLadder } from "../catalog-ladder.js";

/** The one provider whose models can be held to sentences. */
const PROVIDER = "vosk";
/** Large models have a fixed graph, which cannot be held to sentences, and a small one hears these as well. */
const MAX_BYTES = 450 * MIB;

/**
 * The model to listen for commands in a language: the best small one that can be had, by the catalog's own order.
 * @param without ids that have turned out to be of no use
 */
export function commandModel(
  ladder: Pick<CatalogLadder, "choose">,
  language: string,
  without: ReadonlySet<string>,
): ModelManifest | undefined {
  return ladder
    .choose("stt", { language, wanted: PROVIDER })
    .rungs.find(
      ({ id, provider, languages, memory }) =>
        provider === PROVIDER &&
        matchLanguages(languages, language) > 0 &&
        memory.steadyBytes <= MAX_BYTES &&
        !without.has(id),
    );
}
