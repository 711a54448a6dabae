import { soundDistance } from "../../home/match/sound-distance.js";
import type { Vocabulary } from "./grammar.js";

/** Shorter words are near too many others for any of them to be meant. */
const SHORTEST = 4;
const LATIN = "abcdefghijklmnopqrstuvwxyzäöüßéèñ";
const CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя";

/**
 * The known word that is one letter away from an unknown one and sounds most like it, to be offered as an alias.
 * @returns undefined for short words and where there is none
 */
export function nearbyWord(word: string, { has }: Vocabulary): string | undefined {
  const letters = [...word.toLowerCase()];
  if (letters.length < SHORTEST) return undefined;
  let best: { word: string; distance: number } | undefined;
  for (const candidate of oneLetterAway(letters)) {
    if (!has(candidate)) continue;
    const distance = soundDistance(word.toLowerCase(), candidate);
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { word: candidate, distance };
  }
  return best?.word;
}

/** With a letter left out, two changed over, one changed, or one more. */
function* oneLetterAway(letters: readonly string[]): Generator<string> {
  const alphabet = [...(letters.some((letter) => CYRILLIC.includes(letter)) ? CYRILLIC : LATIN)];
  for (let at = 0; at <= letters.length; at++) {
    const head = letters.slice(0, at).join("");
    const [first = "", second = "", ...rest] = letters.slice(at);
    const tail = second + rest.join("");
    if (first !== "") yield head + tail;
    if (second !== "") yield head + second + first + rest.join("");
    for (const letter of alphabet) {
      if (first !== "") yield head + letter + tail;
      yield head + letter + first + tail;
    }
  }
}
