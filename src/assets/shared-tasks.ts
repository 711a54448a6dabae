/**
 * Shares one run of a task between all who ask for the same key. A caller who gives up leaves the others their run;
 * when the last one has left, the task is told to stop.
 */
export class SharedTasks<T> {
  readonly #running = new Map<string, SharedTask<T>>();

  /** @returns the task's result, or a rejection with the caller's own signal's reason as soon as that aborts. */
  async run(key: string, task: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    let shared = this.#running.get(key);
    if (!shared || shared.stop.signal.aborted) {
      // A stopped run still cleans up behind itself; the next one waits for that.
      const before = shared?.result.then(ignore, ignore);
      const stop = new AbortController();
      const result = before ? before.then(() => task(stop.signal)) : task(stop.signal);
      const begun = { stop, result, waiting: 0 };
      shared = begun;
      this.#running.set(key, begun);
      const forget = () => {
        if (this.#running.get(key) === begun) this.#running.delete(key);
      };
      result.then(forget, forget);
    }
    return join(shared, signal);
  }

  has(key: string): boolean {
    return this.#running.has(key);
  }

  /** Tells every task to stop and waits until all have ended. */
  async stopAll(reason: Error): Promise<void> {
    const all = [...this.#running.values()];
    for (const { stop } of all) stop.abort(reason);
    await Promise.allSettled(all.map(({ result }) => result));
  }
}

interface SharedTask<T> {
  readonly stop: AbortController;
  readonly result: Promise<T>;
  waiting: number;
}

async function join<T>(shared: SharedTask<T>, signal: AbortSignal | undefined): Promise<T> {
  shared.waiting += 1;
  let leave: (() => void) | undefined;
  try {
    if (!signal) return await shared.result;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason);
      signal.addEventListener("abort", leave, { once: true });
    });
    return await Promise.race([shared.result, left]);
  } finally {
    shared.waiting -= 1;
    if (leave) signal?.removeEventListener("abort", leave);
    if (shared.waiting === 0 && signal?.aborted) shared.stop.abort(signal.reason);
  }
}

const ignore = () => undefined;
