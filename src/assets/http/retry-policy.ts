/** How patiently transfers are repeated. */
export interface RetryPolicy {
  /** Attempts in a row that bring less than `progressBytes` before giving up. */
  readonly attempts: number;
  /** The same for an address that sends nothing at all while another source is left. */
  readonly attemptsWithAlternative: number;
  /** New bytes that show the line works, so that counting starts afresh. */
  readonly progressBytes: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A server that asks for a longer wait than this has refused. */
  readonly maxRetryAfterMs: number;
}

export const RETRY_POLICY: RetryPolicy = {
  attempts: 6,
  attemptsWithAlternative: 2,
  progressBytes: 1024 ** 2,
  firstDelayMs: 1000,
  maxDelayMs: 60_000,
  maxRetryAfterMs: 10 * 60_000,
};

/**
 * Milliseconds before the next attempt: a random share of a ceiling that doubles ("full jitter"), so that many
 * boards after one outage do not come back in step. A server's own wish is a lower bound.
 * @param failures attempts that failed in a row, from 1.
 * @param random in [0, 1).
 */
export function retryDelayMs(
  policy: RetryPolicy,
  failures: number,
  random: number,
  retryAfterMs: number | undefined,
): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (failures - 1));
  return Math.max(random * ceiling, retryAfterMs ?? 0);
}

/** True for statuses that another try may change. */
export function isPassing(status: number): boolean {
  return (
    status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505)
  );
}

/**
 * Milliseconds a `Retry-After` header asks for; undefined when it is absent or unreadable.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
