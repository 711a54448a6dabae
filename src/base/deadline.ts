import type { Clock } from "./clock.js";

/**
 * The promise's result, or a rejection with `late()` when it takes longer than `limitMs`, or with the signal's
 * reason when that aborts first. The work itself is not stopped: hand it the same signal for that.
 */
export function withDeadline<T>(
  work: Promise<T>,
  {
    clock,
    limitMs,
    late,
    signal,
  }: { clock: Clock; limitMs: number; late: () => Error; signal?: AbortSignal },
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const finish = (settle: () => void) => {
      timer.cancel();
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = () => finish(() => reject(signal?.reason));
    const timer = clock.after(limitMs, () => finish(() => reject(late())));
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
    work.then(
      (value) => finish(() => resolve(value)),
      (error) => finish(() => reject(error)),
    );
  });
}
