import type { ModelManifest } from "../catalog/manifest.js";
import type { SpeechRequest } from "../engines/capability.js";
import { baseLanguage } from "../text/language.js";
import type { SpokenKey } from "./audio-cache.js";
import type { SynthesizeRequest } from "./voice.js";

/** What there is to know about a text besides the request. */
export interface TextHints {
  /** Turns text into what should be read aloud. Pure; not asked for SSML. */
  readonly prepare?: (text: string, language: string) => string;
  /** The language the text looks like. */
  readonly guessed?: string;
}

/**
 * What one voice is asked to say. The language is the one asked for, else the one the text looks like where the voice
 * knows it, else the voice's own.
 */
export function speechRequest(
  { languages }: ModelManifest,
  { text, language: asked, speaker, speed, ssml }: SynthesizeRequest,
  { prepare, guessed }: TextHints,
): SpeechRequest {
  const language = asked ?? nearest(languages, guessed);
  return {
    text: prepare && language && !ssml ? prepare(text, language) : text,
    ...(language ? { language } : {}),
    ...(speaker ? { speaker } : {}),
    ...(speed ? { speed } : {}),
    ...(ssml ? { ssml } : {}),
  };
}

/** The key under which the same request to the same voice is found again. */
export function spokenKey(manifest: ModelManifest, request: SynthesizeRequest, hints: TextHints): SpokenKey {
  const { rateHz } = request;
  return { ...speechRequest(manifest, request, hints), voice: manifest.id, ...(rateHz ? { rateHz } : {}) };
}

function nearest(languages: readonly string[], guessed: string | undefined): string | undefined {
  const known = guessed && languages.some((language) => baseLanguage(language) === baseLanguage(guessed));
  return known ? guessed : (languages[0] ?? guessed);
}
