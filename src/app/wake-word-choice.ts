import type { Catalog } from "../catalog/catalog.js";
import { wakeWordsOf } from "../catalog/wake-words.js";
import type { WakeChoice } from "../sessions/ladder.js";

/** The words to have ready, and why these, in words that tell a user without any what to write. Pure. */
export function wakeWordChoice(
  configured: readonly string[],
  catalog: Catalog,
  heard: readonly WakeChoice[],
): { readonly words: readonly WakeChoice[]; readonly why: string } {
  const models = catalog.byCapability("wake");
  const known = models.flatMap(wakeWordsOf).sort();
  if (configured.length === 0) {
    const licences = [...new Set(models.map(({ licence }) => licence.id))].join(", ");
    const example = known.includes("hey_jarvis") ? "hey_jarvis" : (known[0] ?? "hey_jarvis");
    return {
      words: [],
      why:
        `none is chosen unasked, as their licence (${licences || "unknown"}) forbids commercial use. ` +
        `Write wake_words: [${example}] to accept it; known are ${known.join(", ") || "none"}`,
    };
  }
  const found = heard.reduce((sum, { words }) => sum + words.length, 0);
  if (found < new Set(configured).size) {
    const which =
      heard.length > 0 ? "not all of the words named in wake_words are" : "no word named in wake_words is";
    return { words: heard, why: `${which} known; known are ${known.join(", ") || "none"}` };
  }
  const bound = heard.filter(({ manifest }) => !manifest.licence.commercial);
  const terms = [
    ...new Set(
      bound.map(({ manifest: { licence } }) => (licence.url ? `${licence.id}, ${licence.url}` : licence.id)),
    ),
  ];
  const accepted =
    terms.length > 0 ? `, which accepts a licence that forbids commercial use (${terms.join("; ")})` : "";
  return { words: heard, why: `named in wake_words${accepted}` };
}
