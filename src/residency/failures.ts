import { type VoiceError, WorkerError } from "../base/errors.js";

/** What went wrong with a model since it last went well. */
export interface Failures {
  /** Loads and downloads that failed. */
  readonly inRow: number;
  /** Processes that ended by themselves, or had to be ended. */
  readonly crashesInRow: number;
}

export const NO_FAILURES: Failures = { inRow: 0, crashesInRow: 0 };

const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const MAX_CRASHES = 3;
/** After so long in good order what was before is forgotten. */
export const FORGIVE_AFTER_MS = 5 * 60_000;

/**
 * Counts one more failure and says when to try again: after 10 s, doubling up to 5 min, and after three crashes in a
 * row only when asked. A model that crashed for the first time after it had been serving is tried again at once: most
 * often one input was to blame.
 * @param random 0 to 1, spreads tries that failed together
 * @returns `retryAtMs` is `Infinity` when nobody should try unasked
 */
export function countFailure(
  failures: Failures,
  {
    error,
    wasReady,
    nowMs,
    random,
  }: {
    readonly error: VoiceError;
    readonly wasReady: boolean;
    readonly nowMs: number;
    readonly random: number;
  },
): { readonly failures: Failures; readonly retryAtMs: number } {
  const crashed = error instanceof WorkerError;
  const inRow = failures.inRow + 1;
  const crashesInRow = failures.crashesInRow + (crashed ? 1 : 0);
  const next = { inRow, crashesInRow };
  if (crashesInRow >= MAX_CRASHES) return { failures: next, retryAtMs: Number.POSITIVE_INFINITY };
  if (crashed && wasReady && crashesInRow === 1) return { failures: next, retryAtMs: nowMs };
  const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (inRow - 1));
  return { failures: next, retryAtMs: nowMs + Math.round(waitMs * (1 + 0.2 * random)) };
}
