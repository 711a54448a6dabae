import { cutText } from "../../text/cut-text.js";
import { baseLanguage } from "../../text/language.js";
import { readableRussian } from "../../text/russian/readable.js";
import { SentenceSplitter } from "../../text/sentences.js";
import { speakable } from "../../text/speakable.js";
import { spellOut } from "../../text/spell-out.js";
import { splitSsml } from "../../text/split-ssml.js";
import { isSsml, mapSpoken, stripSsml } from "../../text/ssml.js";
import type { SpeechRequest } from "../capability.js";

/** One call of the network. */
export interface SileroText {
  readonly text: string;
  readonly ssml: boolean;
}

/** More than this and the network slows down, loses its voice or fails. Characters. */
export const PIECE_CHARACTERS = 400;

/** What the network's speed attribute takes, in percent. */
const SPEED_PERCENT = { min: 30, max: 300 } as const;

/**
 * A request as the network can say it: numbers, signs and foreign words in letters it knows, in pieces short enough.
 * Empty when nothing in it can be said.
 * @param language of the voice
 */
export function sileroTexts(request: SpeechRequest, language: string): readonly SileroText[] {
  const rate = rateOf(request.speed);
  const readable = readerOf(language);
  if (request.ssml || isSsml(request.text)) {
    const ssml = mapSpoken(request.text, readable);
    return splitSsml(ssml, PIECE_CHARACTERS)
      .filter((piece) => hasLetters(stripSsml(piece)))
      .map((piece) => ({ text: withRate(piece, rate), ssml: true }));
  }
  return sentences(readable(speakable(request.text, language)))
    .filter(hasLetters)
    .map((piece) =>
      rate === undefined
        ? { text: piece, ssml: false }
        : { text: withRate(`<speak>${piece.replace(/[<>&]/gu, " ")}</speak>`, rate), ssml: true },
    );
}

/** Half of a piece the network found too long; undefined when it cannot be made shorter. */
export function halves({ text, ssml }: SileroText): readonly SileroText[] | undefined {
  const spoken = ssml ? stripSsml(text) : text;
  const limit = Math.ceil(spoken.length / 2);
  if (limit < 20) return undefined;
  const parts = ssml ? splitSsml(text, limit) : cutText(text, limit);
  return parts.length < 2 ? undefined : parts.map((part) => ({ text: part, ssml }));
}

/** One by one, so that the first can be heard while the second is computed. */
function sentences(text: string): readonly string[] {
  const splitter = new SentenceSplitter();
  return [...splitter.push(text), ...splitter.flush()].flatMap((sentence) =>
    cutText(sentence, PIECE_CHARACTERS),
  );
}

function readerOf(language: string): (text: string) => string {
  if (baseLanguage(language) === "ru") return readableRussian;
  return (text) => spellOut(text, language).replace(/\s+/gu, " ").trim();
}

function rateOf(speed: number | undefined): string | undefined {
  if (speed === undefined || Math.abs(speed - 1) < 0.01) return undefined;
  const percent = Math.round(Math.min(SPEED_PERCENT.max, Math.max(SPEED_PERCENT.min, speed * 100)));
  return `${percent}%`;
}

function withRate(ssml: string, rate: string | undefined): string {
  if (rate === undefined) return ssml;
  return ssml
    .replace("<speak>", `<speak><prosody rate="${rate}">`)
    .replace(/<\/speak>$/u, "</prosody></speak>");
}

const hasLetters = (text: string): boolean => /\p{L}/u.test(text);
