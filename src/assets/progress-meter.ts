import type { Clock } from "../base/clock.js";
import type { TransferProgress } from "./model-store.js";

/** Progress is told at most this often. */
const TELL_EVERY_MS = 1000;
/** How far back the speed looks: long enough to be calm, short enough to notice a dead line. */
const WINDOW_MS = 10_000;

/** Adds up the downloads of one model and tells of them about once a second. */
export class ProgressMeter {
  readonly #clock: Clock;
  readonly #tell: (progress: TransferProgress) => void;
  readonly #done = new Map<string, number>();
  readonly #total: Map<string, number>;
  readonly #samples: { readonly atMs: number; readonly bytes: number }[] = [];
  readonly #keys: readonly string[];
  #toldAtMs = Number.NEGATIVE_INFINITY;

  /** @param sizes bytes of each download by key, undefined where not known yet. */
  constructor(
    clock: Clock,
    sizes: ReadonlyMap<string, number | undefined>,
    tell: (progress: TransferProgress) => void,
  ) {
    this.#clock = clock;
    this.#tell = tell;
    this.#keys = [...sizes.keys()];
    this.#total = new Map([...sizes].filter((entry): entry is [string, number] => entry[1] !== undefined));
  }

  /** Takes where one download is. */
  update(key: string, doneBytes: number, totalBytes: number | undefined): void {
    this.#done.set(key, doneBytes);
    if (totalBytes !== undefined) this.#total.set(key, totalBytes);
    const atMs = this.#clock.monotonicMs();
    if (atMs - this.#toldAtMs < TELL_EVERY_MS) return;
    this.#toldAtMs = atMs;
    this.#tell(this.progress());
  }

  progress(): TransferProgress {
    const bytesDone = sum(this.#done.values());
    const known = this.#keys.every((key) => this.#total.has(key));
    const bytesTotal = known ? sum(this.#total.values()) : undefined;
    const bytesPerSecond = this.#speed(bytesDone);
    const etaSeconds =
      bytesTotal === undefined || bytesPerSecond <= 0
        ? undefined
        : Math.ceil(Math.max(0, bytesTotal - bytesDone) / bytesPerSecond);
    return { bytesDone, bytesTotal, bytesPerSecond, etaSeconds };
  }

  #speed(bytes: number): number {
    const atMs = this.#clock.monotonicMs();
    this.#samples.push({ atMs, bytes });
    while ((this.#samples[0]?.atMs ?? atMs) < atMs - WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0];
    // The first sample may carry what an earlier run had fetched, so only what came since counts.
    if (!first || atMs === first.atMs) return 0;
    return Math.max(0, Math.round(((bytes - first.bytes) * 1000) / (atMs - first.atMs)));
  }
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);
