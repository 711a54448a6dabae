import type { ModelManifest } from "../catalog/manifest.js";
import type { HermesOffer } from "../gateways/hermes/role.js";

/** What satellites are told there is. */
export function hermesOffer(models: readonly ModelManifest[]): HermesOffer {
  return {
    voices: models
      .filter(({ capability }) => capability === "tts")
      .map(({ id, title }) => ({ voiceId: id, description: title })),
    hotwords: models
      .filter(({ capability }) => capability === "wake")
      .map(({ id, title }) => ({
        modelId: id,
        modelWords: title,
        modelVersion: "",
        modelType: "universal" as const,
      })),
  };
}
