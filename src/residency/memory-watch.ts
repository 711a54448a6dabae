import type { Clock, Timer } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Census } from "./census.js";
import type { FootprintBook } from "./footprint-book.js";
import type { MemoryConditions, MemoryProbe } from "./memory/memory-probe.js";
import { LIMITS } from "./residency-options.js";
import type { Resident } from "./resident.js";
import { fadeHour } from "./use-likelihood.js";
import { hungLimitMs } from "./watchdog.js";
import type { WorkerHome, WorkerHomes } from "./worker-home.js";

const HOUR_MS = 3_600_000;
/** The kernel walks all pages of a process to tell its memory; on a small board that takes a while. */
const FRESH_MS = 400;

/** Looks at all worker processes again and again: how much they hold, and whether they still answer. */
export class MemoryWatch {
  readonly #residents: readonly Resident[];
  readonly #homes: WorkerHomes;
  readonly #census: Census;
  readonly #book: FootprintBook;
  readonly #probe: MemoryProbe;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onMeasured: () => void;
  #timers: readonly Timer[] = [];
  #running = false;
  #measuredMs = Number.NEGATIVE_INFINITY;
  ownBytes = 0;
  conditions: MemoryConditions = { counters: { oomKills: 0, fileRefaults: 0, majorFaults: 0 } };

  constructor(options: {
    readonly residents: readonly Resident[];
    readonly homes: WorkerHomes;
    readonly census: Census;
    readonly book: FootprintBook;
    readonly probe: MemoryProbe;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly onMeasured: () => void;
  }) {
    this.#residents = options.residents;
    this.#homes = options.homes;
    this.#census = options.census;
    this.#book = options.book;
    this.#probe = options.probe;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#onMeasured = options.onMeasured;
  }

  start(): void {
    this.#running = true;
    this.#every(LIMITS.watchdogMs, () => this.#endHung());
    this.#every(LIMITS.loadSampleMs, () => this.#followLoads());
    this.#every(LIMITS.sampleMs, () => this.measure());
    this.#every(HOUR_MS, async () => this.#rememberUses());
  }

  close(): void {
    this.#running = false;
    for (const { id, uses } of this.#residents) this.#book.recordUses(id, uses.byHour);
    for (const timer of this.#timers) timer.cancel();
  }

  /** Measures every process now. */
  async measure(): Promise<void> {
    this.#measuredMs = Number.NEGATIVE_INFINITY;
    await this.measureWorkers();
    // The workers are below us too, and are counted one by one.
    this.ownBytes = (await this.#probe.alone(process.pid))?.bytes ?? this.ownBytes;
    await this.look();
    this.#onMeasured();
  }

  /** Measures the workers, unless that was done a moment ago, and corrects what is promised to them. */
  async measureWorkers(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#measuredMs < FRESH_MS) return;
    this.#measuredMs = nowMs;
    await Promise.all(this.#homes.all().map((home) => home.measure()));
    for (const resident of this.#residents) this.#update(resident);
    for (const home of this.#homes.all()) this.#census.shareOut(home);
  }

  /** The memory around us now. */
  async look(): Promise<MemoryConditions> {
    this.conditions = await this.#probe.conditions();
    return this.conditions;
  }

  /**
   * A model that was seen to hold more than promised gets the larger promise. It keeps it: it may do so again. What a
   * load has taken beyond its promise was not learned before, and is once it has loaded.
   */
  #update(resident: Resident): void {
    const { home, state, key } = resident;
    if (!home?.memory || home.shared) return;
    const { bytes, peakBytes } = home.memory;
    const before = resident.measuredBytes;
    resident.measuredBytes = bytes;
    if (state.name === "ready" && peakBytes > state.bytes) {
      if (key) this.#book.recordPeak(key, peakBytes);
      resident.apply({ type: "measured", bytes: peakBytes });
    } else if (isLoading(resident) && "bytes" in state && bytes > state.bytes) {
      resident.apply({ type: "measured", bytes });
    } else if (before !== bytes) {
      resident.changed();
    }
  }

  /** Nothing waits for the next full look when a model turns out larger than it was thought to be. */
  async #followLoads(): Promise<void> {
    const loading = this.#residents.filter(isLoading);
    if (loading.length === 0) return;
    await Promise.all(loading.map(({ home }) => home?.measure()));
    const promised = this.#census.promisedBytes();
    for (const resident of loading) this.#update(resident);
    if (this.#census.promisedBytes() > promised) this.#onMeasured();
  }

  /** Once an hour: yesterday's habits fade a little, and what is known of them outlives a restart. */
  #rememberUses(): void {
    const past = new Date(this.#clock.nowMs() - HOUR_MS / 2).getHours();
    for (const resident of this.#residents) {
      resident.uses = fadeHour(resident.uses, past);
      this.#book.recordUses(resident.id, resident.uses.byHour);
    }
  }

  #endHung(): Promise<void> {
    for (const home of this.#homes.all()) {
      const models = this.#residents.filter((resident) => resident.home === home);
      if (home.hung || !models.some(({ state }) => state.name === "ready" || state.name === "draining"))
        continue;
      const limitMs = Math.max(...models.map((resident) => hungLimitMs(this.#expectedMs(resident))));
      if (home.worker.oldestRequestMs() > limitMs) this.#end(home, limitMs);
    }
    return Promise.resolve();
  }

  #end(home: WorkerHome, limitMs: number): void {
    this.#logger.error(`The worker for ${home.name} has not answered for ${limitMs} ms and is ended`);
    home.hung = true;
    home.worker.kill();
  }

  /** The longest a request of this model has taken so far. */
  #expectedMs({ key }: Resident): number {
    const known = key && this.#book.find(key);
    return known?.longestMs?.max ?? known?.secondMs?.max ?? 0;
  }

  #every(intervalMs: number, task: () => Promise<void>): void {
    const again = () => {
      if (!this.#running) return;
      const timer = this.#clock.after(intervalMs, () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        task()
          .catch((error: unknown) => this.#logger.error(`Looking at memory failed: ${messageOf(error)}`))
          .finally(again);
      });
      this.#timers = [...this.#timers, timer];
    };
    again();
  }
}

function isLoading({ state }: Resident): boolean {
  return state.name === "loading" || state.name === "warming";
}
