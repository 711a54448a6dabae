import { EngineError } from "../../base/errors.js";
import type { Transcript, TranscriptWord } from "../capability.js";

/** Pieces of one utterance, as libvosk gives them at each pause and at the end. */
export interface HeardPiece {
  readonly text: string;
  readonly words: readonly TranscriptWord[];
}

/**
 * Reads a result or partial result of libvosk.
 * @throws {EngineError} `engine-failed` when it is not what the library documents
 */
export function parsePiece(json: string): HeardPiece {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new EngineError("engine-failed", "libvosk gave a result that is not JSON.", { cause });
  }
  const { text, partial, result } = (parsed ?? {}) as Record<string, unknown>;
  const words = Array.isArray(result) ? result.flatMap(parseWord) : [];
  return { text: String(text ?? partial ?? ""), words };
}

function parseWord(entry: unknown): readonly TranscriptWord[] {
  const { word, start, end, conf } = (entry ?? {}) as Record<string, unknown>;
  if (typeof word !== "string" || typeof start !== "number" || typeof end !== "number") return [];
  const confidence = typeof conf === "number" ? { confidence: Math.min(1, Math.max(0, conf)) } : {};
  return [{ text: word, startSeconds: start, endSeconds: end, ...confidence }];
}

/**
 * The text of some pieces without the model's word for "unknown". Empty when most of it was unknown: the few words
 * between are then noise, not half a sentence.
 */
export function knownText(texts: readonly string[], unknownWord: string | undefined): string {
  const words = texts.flatMap((text) => text.split(" ")).filter((word) => word !== "");
  const known = words.filter((word) => word !== unknownWord);
  return known.length * 2 < words.length ? "" : known.join(" ");
}

/** Puts the pieces of an utterance together. The confidence is the mean of the words'. */
export function joinPieces(
  pieces: readonly HeardPiece[],
  unknownWord: string | undefined,
): Omit<Transcript, "language"> {
  const text = knownText(
    pieces.map((piece) => piece.text),
    unknownWord,
  );
  if (text === "") return { text };
  const words = pieces.flatMap((piece) => piece.words).filter((word) => word.text !== unknownWord);
  const scores = words.flatMap(({ confidence }) => confidence ?? []);
  if (scores.length === 0) return { text, words };
  return { text, words, confidence: scores.reduce((sum, score) => sum + score, 0) / scores.length };
}
