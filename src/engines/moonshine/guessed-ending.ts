/** Words before the guesses begin must have been heard this well: on unclear speech everything is a guess. */
const HEARD = 0.8;
/** The mean, over logarithms, of tokens nobody said. */
const GUESSED = 0.35;
/** Fewer tokens of either say nothing. */
const MIN_HEARD = 8;
const MIN_GUESSED = 4;

/**
 * How many tokens were heard. A decoder that is given a sentence without an end makes one up, one improbable token
 * after another, where all before it was clear: "of about 1455" goes on with "is the most popular book".
 * @param probabilities of the tokens, 0 to 1, in order
 * @returns the count of all tokens where none looks made up
 */
export function heardTokens(probabilities: readonly number[]): number {
  for (let start = MIN_HEARD; start <= probabilities.length - MIN_GUESSED; start++) {
    if ((probabilities[start] ?? 1) >= GUESSED) continue;
    const heard = mean(probabilities.slice(0, start));
    const guessed = Math.exp(mean(probabilities.slice(start).map(Math.log)));
    if (heard >= HEARD && guessed < GUESSED) return start;
  }
  return probabilities.length;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
