import type { Clock, Timer } from "../base/clock.js";
import type { Snapshot, SnapshotSource } from "../sessions/snapshot.js";

const QUIET_MS = 250;

/** Tells listeners of changes, at most a few times a second, and always of the last one. */
export class SnapshotFeed implements SnapshotSource {
  readonly #clock: Clock;
  readonly #build: () => Snapshot;
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  #timer: Timer | undefined;

  constructor(clock: Clock, build: () => Snapshot) {
    this.#clock = clock;
    this.#build = build;
  }

  current(): Snapshot {
    return this.#build();
  }

  onChange(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says that something changed. */
  touch(): void {
    this.#timer ??= this.#clock.after(QUIET_MS, () => {
      this.#timer = undefined;
      this.flush();
    });
  }

  /** Tells of the state now. */
  flush(): void {
    if (this.#listeners.size === 0) return;
    const snapshot = this.#build();
    for (const listener of [...this.#listeners]) listener(snapshot);
  }

  close(): void {
    this.#timer?.cancel();
    this.#listeners.clear();
  }
}
