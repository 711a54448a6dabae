import type { ModelManifest } from "../catalog/manifest.js";
import { wakeWordsOf } from "../catalog/wake-words.js";
import type { VoiceSessions } from "../sessions/voice.js";

/** The models that a provider's or model's name stands for; empty for a name nobody has. */
export function modelsNamed(models: readonly ModelManifest[], name: string): readonly ModelManifest[] {
  const ofProvider = models.filter(({ provider }) => provider === name);
  if (ofProvider.length > 0) return ofProvider;
  return models.filter(
    ({ id, provider, aliases }) => id === name || id === `${provider}/${name}` || aliases?.includes(name),
  );
}

/** The same sessions for peers that know one engine only: a request that names no model means that engine. */
export function oneEngine(
  voice: VoiceSessions,
  name: string,
  models: readonly ModelManifest[],
): VoiceSessions {
  const words = models.filter(({ capability }) => capability === "wake").flatMap(wakeWordsOf);
  return {
    transcribe: (request) => voice.transcribe({ ...request, model: request.model ?? name }),
    synthesize: (request) => voice.synthesize({ ...request, voice: request.voice ?? name }),
    // A provider hears many words, of which the user has chosen; a single model is a choice in itself.
    detectWake: (request) =>
      voice.detectWake(request.words.length === 0 && models.length === 1 ? { ...request, words } : request),
  };
}
