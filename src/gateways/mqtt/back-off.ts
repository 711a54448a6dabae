/** How long to wait between attempts. */
export interface BackOff {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const RECONNECT: BackOff = { firstMs: 1_000, maxMs: 30_000 };

/**
 * Milliseconds to wait before the next attempt: doubling, and between half and the whole of it by chance, so that
 * not everything in the house comes back to a restarted broker in the same instant.
 * @param failures attempts in a row that failed, 1 after the first
 * @param random a number in [0, 1)
 */
export function backOffMs({ firstMs, maxMs }: BackOff, failures: number, random: number): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return Math.round(ceiling * (0.5 + random / 2));
}
