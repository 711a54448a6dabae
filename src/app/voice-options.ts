import { availableParallelism } from "node:os";
import { MIB } from "../base/units.js";
import type { Catalog } from "../catalog/catalog.js";
import type { Capability } from "../catalog/manifest.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";
import type { VoiceOptions } from "../sessions/voice-sessions.js";

const MAX_WAITING = 64;

/** Sessions' options from the settings. */
export function voiceOptions(config: Config, catalog: Catalog, usable: ReadonlySet<string>): VoiceOptions {
  const detector = catalog.byCapability("vad").find(({ provider }) => usable.has(provider));
  const wake = config.providers.wake.openwakeword;
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
    audioCacheBytes: config.answers.cache_mbytes * MIB,
    wake: {
      threshold: wake.threshold,
      triggerLevel: wake.trigger_level,
      refractoryMs: wake.refractory_seconds * 1000,
    },
  };
}

/** The size a provider is configured to, `auto` for any. */
export function sizeSetting(config: Config): (provider: string, capability: Capability) => string {
  return (provider, capability) => {
    const { model_size: size = "auto", model_path: ownFolder } = providerSettings(
      config,
      capability,
      provider,
    );
    return ownFolder ? "auto" : size;
  };
}
