import type { Clock, Timer } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Census } from "./census.js";
import { chooseToShed } from "./eviction.js";
import {
  decidePressure,
  NO_PRESSURE,
  type PressureLevel,
  type PressureState,
  strainIn,
} from "./memory/pressure.js";
import type { MemoryWatch } from "./memory-watch.js";

const LOOK_MS = 2000;

/** Gives memory back when the machine is short of it, whatever the budget allows. */
export class PressureRelief {
  readonly #watch: MemoryWatch;
  readonly #census: Census;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #evict: (id: string, why: string) => void;
  #state: PressureState = NO_PRESSURE;
  #refaults: { readonly count: number; readonly atMs: number } | undefined;
  #timer: Timer | undefined;
  #running = false;

  constructor(options: {
    readonly watch: MemoryWatch;
    readonly census: Census;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly evict: (id: string, why: string) => void;
  }) {
    this.#watch = options.watch;
    this.#census = options.census;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#evict = options.evict;
  }

  /** Anything but `none`: load nothing that nobody waits for. */
  get level(): PressureLevel {
    return this.#state.level;
  }

  start(): void {
    this.#running = true;
    this.#again();
  }

  close(): void {
    this.#running = false;
    this.#timer?.cancel();
  }

  #again(): void {
    if (!this.#running) return;
    this.#timer = this.#clock.after(LOOK_MS, () => {
      this.#look()
        .catch((error: unknown) =>
          this.#logger.error(`Looking at memory pressure failed: ${messageOf(error)}`),
        )
        .finally(() => this.#again());
    });
  }

  async #look(): Promise<void> {
    const conditions = await this.#watch.look();
    const nowMs = this.#clock.monotonicMs();
    const before = this.#refaults;
    const count = conditions.counters.fileRefaults;
    this.#refaults = { count, atMs: nowMs };
    const perSecond = before ? (count - before.count) / Math.max(0.001, (nowMs - before.atMs) / 1000) : 0;
    const last = this.#state.level;
    this.#state = decidePressure(this.#state, strainIn(conditions, perSecond), nowMs);
    if (this.#state.level !== last) this.#tell(this.#state);
    this.#relieve(this.#state);
  }

  /** Slowly at first: what one model gives back shows only at the next look. */
  #relieve({ level, why }: PressureState): void {
    if (level !== "shed" && level !== "shed-all") return;
    const victims = chooseToShed(this.#census.candidates(), level === "shed" ? 1 : Number.MAX_SAFE_INTEGER);
    for (const victim of victims) this.#evict(victim.id, `memory is short: ${why}; ${victim.why}`);
  }

  #tell({ level, why }: PressureState): void {
    if (level === "none") this.#logger.info("Memory is no longer short");
    else if (level === "careful")
      this.#logger.info(`Memory may become short: ${why}. Nothing is loaded ahead of time`);
    else this.#logger.warn(`Memory is short: ${why}. Idle models are unloaded`);
  }
}
