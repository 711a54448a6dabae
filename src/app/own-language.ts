import type { Capability } from "../catalog/manifest.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";

/** Whisper's word for a language it finds out by itself. */
const DETECTED = "auto";

/**
 * The language a provider's own settings name for requests that name none; undefined where they leave it to the
 * general option.
 * @param named a provider, or a model with its provider in front: `vosk`, `vosk/ru_small`
 */
export function ownLanguage(config: Config, capability: Capability, named: string): string | undefined {
  const language = setLanguage(config, capability, named);
  return language === "" || language === DETECTED ? undefined : language;
}

/** What a speech-to-text provider is told when a request names no language; undefined lets its model find out. */
export function unaskedLanguage(config: Config, provider: string): string | undefined {
  if (setLanguage(config, "stt", provider) === DETECTED) return undefined;
  return ownLanguage(config, "stt", provider) ?? config.language;
}

function setLanguage(config: Config, capability: Capability, named: string): string {
  const [provider = ""] = named.split("/");
  const { default_language: language } = providerSettings(config, capability, provider);
  return typeof language === "string" ? language : "";
}
