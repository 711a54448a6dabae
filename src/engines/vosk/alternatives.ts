import { EngineError } from "../../base/errors.js";

/** One way to read an utterance. */
export interface Alternative {
  readonly words: readonly string[];
  /** Log likelihood; only differences within an utterance mean something. */
  readonly score: number;
}

/** Most readings of an utterance that are looked at. */
export const MAX_ALTERNATIVES = 10;

/**
 * Reads a result of a recogniser that gives alternatives, best first.
 * @throws {EngineError} `engine-failed` when it is not what the library documents
 */
export function parseAlternatives(json: string): readonly Alternative[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new EngineError("engine-failed", "libvosk gave a result that is not JSON.", { cause });
  }
  const { alternatives } = (parsed ?? {}) as Record<string, unknown>;
  if (!Array.isArray(alternatives)) return [];
  return alternatives.flatMap((entry) => {
    const { text, confidence } = (entry ?? {}) as Record<string, unknown>;
    if (typeof text !== "string" || typeof confidence !== "number") return [];
    return [{ words: text.split(" ").filter((word) => word !== ""), score: confidence }];
  });
}

/** The readings of an utterance from those of its pieces, best first. */
export function joinAlternatives(pieces: readonly (readonly Alternative[])[]): readonly Alternative[] {
  return pieces
    .filter((piece) => piece.some(({ words }) => words.length > 0))
    .reduce<readonly Alternative[]>(
      (heads, piece) =>
        heads
          .flatMap((head) =>
            piece.map((tail) => ({ words: [...head.words, ...tail.words], score: head.score + tail.score })),
          )
          .sort((a, b) => b.score - a.score)
          .slice(0, MAX_ALTERNATIVES),
      [{ words: [], score: 0 }],
    );
}
