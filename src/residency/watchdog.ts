const LEAST_PATIENCE_MS = 30_000;
const TIMES_EXPECTED = 20;

/**
 * How long a request may go unanswered before its worker counts as hung. A native call cannot be interrupted, so
 * ending the process is the only way out; too early would end a board that is merely slow.
 * @param expectedMs what the longest request has taken so far
 */
export function hungLimitMs(expectedMs: number): number {
  return Math.max(LEAST_PATIENCE_MS, TIMES_EXPECTED * expectedMs);
}
