import { cutText } from "../../text/cut-text.js";
import { readableRussian } from "../../text/russian/readable.js";
import { SentenceSplitter } from "../../text/sentences.js";
import { speakable } from "../../text/speakable.js";
import { breakMs, isSsml, stripSsml } from "../../text/ssml.js";
import type { SpeechRequest } from "../capability.js";

/** One call of the network, or a silence of a given length. */
export type Utterance =
  | { readonly kind: "sentence"; readonly text: string }
  | { readonly kind: "silence"; readonly ms: number };

/**
 * Characters. Memory grows with what is said in one piece; besides, the language model behind the voice takes 512
 * pieces, and a word has up to four.
 */
const LONGEST_SENTENCE = 160;
const LONGEST_BREAK_MS = 10_000;

/** Stands for a written pause while the text is prepared, because preparation drops underscores. */
const PAUSE = "\u2020";

/**
 * A request as sentences of Cyrillic words and marks. Breaks of SSML become silence; an underscore between words is
 * a short pause the network makes itself, where it can.
 */
export function utterancesOf({ text, ssml }: SpeechRequest): readonly Utterance[] {
  if (!ssml && !isSsml(text))
    return sentencesOf(speakable(text.replace(/(?<=^|\s)_+(?=\s|$)/gu, PAUSE), "ru"));
  return text.split(/(<break[^>]*>)/iu).flatMap((part): readonly Utterance[] => {
    if (/^<break/iu.test(part)) return [{ kind: "silence", ms: Math.min(LONGEST_BREAK_MS, breakMs(part)) }];
    return sentencesOf(stripSsml(part));
  });
}

/** Text for the system's voices: they know numbers and SSML is beyond them. */
export function plainText({ text, ssml }: SpeechRequest, language: string): string {
  return ssml || isSsml(text) ? stripSsml(text) : speakable(text, language);
}

function sentencesOf(text: string): readonly Utterance[] {
  const readable = text.split(PAUSE).map(readableRussian).join(" _ ").trim();
  const splitter = new SentenceSplitter();
  return [...splitter.push(readable), ...splitter.flush()]
    .flatMap((sentence) => cutText(sentence, LONGEST_SENTENCE))
    .filter((sentence) => /\p{L}/u.test(sentence))
    .map((sentence) => ({ kind: "sentence", text: sentence }));
}
