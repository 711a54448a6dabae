import { cutText } from "../../text/cut-text.js";

/**
 * Longest text given to the network at once, in letters at its usual pace: memory grows with what is said in one
 * piece, by 200 MB in 160 letters and by nearly twice that in 250, and a cancel waits for the end of a piece.
 */
export const PIECE_LETTERS = 160;
/** A digit is read as a word. */
const LETTERS_PER_DIGIT = 6;
/** However slow the voice is, shorter pieces would sound chopped. */
const FEWEST_LETTERS = 40;

/**
 * A sentence in pieces that take about the same time to say at most, cut where a speaker would pause.
 * @param pace 1 is the voice's own; below that it is slower
 */
export function spokenPieces(sentence: string, pace: number): readonly string[] {
  const letters = Math.max(FEWEST_LETTERS, Math.floor(PIECE_LETTERS * Math.min(1, pace)));
  return cutText(sentence, letters).flatMap((piece) => {
    const length = spokenLength(piece);
    if (length <= letters) return [piece];
    return cutText(piece, Math.max(FEWEST_LETTERS / 2, Math.floor((letters * piece.length) / length)));
  });
}

const spokenLength = (text: string): number =>
  text.length + (LETTERS_PER_DIGIT - 1) * (text.match(/\p{N}/gu)?.length ?? 0);
