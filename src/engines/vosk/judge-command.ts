import type { MatchedSentence, SentenceMatcher } from "../../home/match/sentence-matcher.js";
import type { CommandHeard } from "../capability.js";
import type { Alternative } from "./alternatives.js";

/** What a difference of a whole sentence counts against a reading, in units of its score. */
const DIFFERENCE = 12;
/** The same where the certainty is worked out: a jumble of words is no strong rival of a sentence. */
const IMPLAUSIBLE = 2;
/** Furthest from a sentence that is still taken for it: a small word in a short sentence, a wrong one in a long one. */
const MAX_DISTANCE = 0.2;
/** The same for a sentence of several words of weight without a rival, heard with certainty: one of the words may be missing. */
const LONE = { distance: 0.25, weight: 4, margin: 0.5, certainty: 0.5 };
/** A sentence not heard exactly must be nearer than any other by this part of a word. */
const MIN_MARGIN = 0.35;
/** Below this, the decoder held something else for about as likely. */
const MIN_CERTAINTY = 0.25;
/** A single word is quickly heard into anything. */
const MIN_CERTAINTY_OF_ONE_WORD = 0.5;

interface Reading {
  readonly words: readonly string[];
  readonly match: MatchedSentence;
  /** Likelihood with the distance counted in. */
  readonly total: number;
  /** Share of the likelihood of all readings. */
  readonly share: number;
}

/**
 * Decides whether an utterance was a command. The reading that is likely and near a sentence counts; all that
 * mean the same speak for it.
 */
export function judgeCommand(readings: readonly Alternative[], matcher: SentenceMatcher): CommandHeard {
  const heard = readings[0]?.words.join(" ") ?? "";
  const judged = weigh(readings, matcher);
  const best = judged.toSorted((a, b) => b.total - a.total)[0];
  if (!best || heard === "") return dictate(heard, undefined, 0, "no words were heard");
  const { match } = best;
  const certainty = judged
    .filter((other) => other.match.meaning === match.meaning)
    .reduce((sum, { share }) => sum + share, 0);
  const confidence = match.text === "" ? 0 : certainty * (1 - match.distance);
  const doubt = findDoubt(match, certainty);
  if (doubt) return dictate(best.words.join(" "), match, confidence, doubt);
  const { text, intent, distance } = match;
  const why =
    distance === 0 ? "it was heard word for word" : `it differs from what was heard by ${percent(distance)}`;
  return { decision: "accept", text, intent, heard: best.words.join(" "), distance, confidence, why };
}

function findDoubt(
  { text, distance, margin, weight }: MatchedSentence,
  certainty: number,
): string | undefined {
  if (text === "") return "what was heard is near no sentence";
  const lone = weight >= LONE.weight && margin * weight >= LONE.margin && certainty >= LONE.certainty;
  if (distance > (lone ? LONE.distance : MAX_DISTANCE))
    return `the nearest sentence differs by ${percent(distance)}`;
  if (distance > 0 && margin * weight < MIN_MARGIN) return "another sentence is about as near";
  const least = weight <= 1 ? MIN_CERTAINTY_OF_ONE_WORD : MIN_CERTAINTY;
  return certainty < least ? `the decoder is only ${percent(certainty)} certain` : undefined;
}

function dictate(
  heard: string,
  match: MatchedSentence | undefined,
  confidence: number,
  why: string,
): CommandHeard {
  const { text = "", intent = "", distance = 1 } = match ?? {};
  return { decision: "dictate", text, intent, heard, distance, confidence, why };
}

function weigh(readings: readonly Alternative[], matcher: SentenceMatcher): readonly Reading[] {
  const top = readings[0]?.score ?? 0;
  const matched = readings.map(({ words, score }) => ({
    words,
    match: matcher.match(words),
    score: score - top,
  }));
  const likelihoods = matched.map(({ score, match }) => Math.exp(score - IMPLAUSIBLE * match.distance));
  const sum = likelihoods.reduce((total, likelihood) => total + likelihood, 0);
  return matched.map(({ words, match, score }, index) => ({
    words,
    match,
    total: score - DIFFERENCE * match.distance,
    share: (likelihoods[index] ?? 0) / sum,
  }));
}

const percent = (part: number): string => `${Math.round(part * 100)} %`;
