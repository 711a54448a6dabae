import { availableParallelism } from "node:os";
import { MIB } from "../base/units.js";
import type { Catalog } from "../catalog/catalog.js";
import type { Capability } from "../catalog/manifest.js";
import { namesIn } from "../config/option.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";
import type { VoiceOptions } from "../sessions/voice-sessions.js";
import { unaskedLanguage } from "./own-language.js";

/** Sessions' options from the settings. */
export function voiceOptions(config: Config, catalog: Catalog, usable: ReadonlySet<string>): VoiceOptions {
  const detector = catalog.byCapability("vad").find(({ provider }) => usable.has(provider));
  const wake = config.providers.wake.openwakeword;
  return {
    defaultLanguage: config.language,
    languageFor: ({ provider }) => unaskedLanguage(config, provider),
    deadlineMs: config.request_deadline_seconds * 1000,
    maxAudioSeconds: config.wyoming.max_audio_seconds,
    trimSilence: config.audio.trim_silence,
    speechThreshold: config.audio.speech_threshold,
    endSilenceSeconds: 0.7,
    parallel: config.max_parallel > 0 ? config.max_parallel : Math.max(4, availableParallelism()),
    maxWaiting: config.max_waiting,
    textStyle: {
      letters: config.text.case,
      punctuation: config.text.punctuation,
      numbers: config.text.numbers,
    },
    ...racingOf(config),
    ...(detector ? { voiceDetector: detector.id } : {}),
    audioCacheBytes: config.answers.cache_mbytes * MIB,
    wake: {
      threshold: wake.threshold,
      triggerLevel: wake.trigger_level,
      refractoryMs: wake.refractory_seconds * 1000,
    },
  };
}

/** With one model, or none named, nothing races. */
function racingOf({ stt, racing }: Config): Pick<VoiceOptions, "racing"> {
  const ranked = namesIn(stt);
  if (ranked.length < 2) return {};
  const { patience_seconds: patience, min_confidence: minConfidence } = racing;
  return { racing: { ranked, patienceMs: patience * 1000, minConfidence } };
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
