/** Uses of one model by hour of the day, fading over days. */
export interface UseHistory {
  /** 24 numbers: expected uses in that hour. */
  readonly byHour: readonly number[];
  readonly lastUsedAtMs: number | undefined;
}

export const NEVER_USED: UseHistory = { byHour: new Array<number>(24).fill(0), lastUsedAtMs: undefined };

/** A use counts this much in its hour; what was there before fades, so that about a week is remembered. */
const NEWEST = 0.15;
const HALF_LIFE_MS = 10 * 60_000;
/** Never 0: between two models nobody asks for, the cheaper to reload should still go first. */
const LEAST = 0.02;

/** The history with one more use. @param hour 0 to 23, local time of the house */
export function noteUse(history: UseHistory, atMs: number, hour: number): UseHistory {
  const byHour = history.byHour.map((value, index) =>
    index === hour ? value + NEWEST * (1 - value) : value,
  );
  return { byHour, lastUsedAtMs: atMs };
}

/** The history after an hour of the day has gone by; call once an hour. */
export function fadeHour(history: UseHistory, hour: number): UseHistory {
  return { ...history, byHour: history.byHour.map((value, index) => (index === hour ? value * 0.9 : value)) };
}

/**
 * 0 to 1, that the model is asked for soon: it was used a moment ago, or it is usually used at this hour of the day.
 */
export function likelihoodOf(history: UseHistory, nowMs: number, hour: number): number {
  const recent =
    history.lastUsedAtMs === undefined ? 0 : 0.5 ** ((nowMs - history.lastUsedAtMs) / HALF_LIFE_MS);
  const habit = Math.max(history.byHour[hour] ?? 0, 0.5 * (history.byHour[(hour + 1) % 24] ?? 0));
  return Math.min(1, Math.max(LEAST, recent, habit));
}
