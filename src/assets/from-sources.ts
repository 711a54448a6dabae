import { AssetError, messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { ModelManifest, ModelSource } from "../catalog/manifest.js";
import { isLocal } from "./sources/plan-source.js";

export interface SourceChoice {
  /** True leaves only sources on this machine. */
  readonly offline: boolean;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * What the first of a model's sources gives that works, tried in their order. A full disk ends the matter: no other
 * source would fit either.
 * @throws {AssetError} of the only source, or one that tells what each of them answered; `offline`, `asset-missing`
 */
export async function fromSources<T>(
  manifest: ModelManifest,
  { offline, logger, signal }: SourceChoice,
  attempt: (source: ModelSource, hasAlternative: boolean) => Promise<T>,
): Promise<T> {
  const { id, licence } = manifest;
  const sources = manifest.sources.filter((source) => !offline || isLocal(source));
  if (sources.length === 0) throw unobtainable(manifest, offline);
  if (!licence.commercial) {
    const terms = licence.url ? ` (${licence.url})` : "";
    logger.warn(`${id} is licensed ${licence.id}, which forbids commercial use${terms}`, { model: id });
  }
  const failures: AssetError[] = [];
  for (const source of sources) {
    const hasAlternative = source !== sources.at(-1);
    try {
      return await attempt(source, hasAlternative);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof AssetError) || error.code === "disk-full") throw error;
      failures.push(error);
      // Whoever asked for the model reports the last failure; those before it would go unheard.
      if (hasAlternative) logger.warn(`${error.message}; trying the next source`, { model: id });
    }
  }
  const [first] = failures;
  if (failures.length === 1 && first) throw first;
  throw new AssetError(
    first?.code ?? "download-failed",
    `None of the ${failures.length} sources gave ${id}. ${failures.map(messageOf).join(". ")}`,
    { cause: first },
  );
}

function unobtainable({ id, origin }: ModelManifest, offline: boolean): AssetError {
  return offline
    ? new AssetError(
        "offline",
        `${id} is not on disk and downloads are switched off; allow them or copy it there`,
      )
    : new AssetError(
        "asset-missing",
        `The catalog does not say where to get ${id}; add a source at ${origin}`,
      );
}
