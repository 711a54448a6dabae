import { baseLanguage } from "./language.js";
import { spellOutRussian } from "./russian/spell-out.js";
import { mapSpoken } from "./ssml.js";
import { ENGLISH } from "./western/english.js";
import { FRENCH } from "./western/french.js";
import { GERMAN } from "./western/german.js";
import { SPANISH } from "./western/spanish.js";
import { spellerOf } from "./western/spell-out.js";

const SPELLERS: ReadonlyMap<string, (text: string) => string> = new Map([
  ["ru", spellOutRussian],
  ["en", spellerOf(ENGLISH)],
  ["de", spellerOf(GERMAN)],
  ["fr", spellerOf(FRENCH)],
  ["es", spellerOf(SPANISH)],
]);

/** Languages whose numbers can be spelled out. */
export const SPELLED_LANGUAGES: readonly string[] = [...SPELLERS.keys()];

/**
 * Numbers, units, times and amounts in words; a text in another language comes back as it is.
 * @param language code, with or without region
 */
export function spellOut(text: string, language: string): string {
  return SPELLERS.get(baseLanguage(language))?.(text) ?? text;
}

/** The same for SSML: words between tags change, tags and their attributes do not. */
export function spellOutSsml(ssml: string, language: string): string {
  return mapSpoken(ssml, (text) => spellOut(text, language));
}
