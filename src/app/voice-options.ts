import { availableParallelism } from "node:os";
import type { Catalog } from "../catalog/catalog.js";
import type { Capability } from "../catalog/manifest.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";
import type { VoiceOptions } from "../sessions/voice-sessions.js";

const MAX_WAITING = 64;

/** Sessions' options from the settings. */
export function voiceOptions(config: Config, catalog: Catalog, usable: ReadonlySet<string>): VoiceOptions {
  const detector = catalog.byCapability("vad").find(({ provider }) => usable.has(provider));
  return {
    defaultLanguage: config.language,
    deadlineMs: config.request_deadline_seconds * 1000,
    maxAudioSeconds: config.wyoming.max_audio_seconds,
    trimSilence: config.audio.trim_silence,
    speechThreshold: config.audio.speech_threshold,
    endSilenceSeconds: 0.7,
    parallel: Math.max(4, availableParallelism()),
    maxWaiting: MAX_WAITING,
    ...(detector ? { voiceDetector: detector.id } : {}),
    wake: { threshold: 0.5, triggerLevel: 1, refractoryMs: 2000 },
  };
}

/** The size a provider is configured to, `auto` for any. */
export function sizeSetting(config: Config): (provider: string, capability: Capability) => string {
  return (provider, capability) => providerSettings(config, capability, provider).model_size ?? "auto";
}
