import type { Clock, Timer } from "../../base/clock.js";
import { messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { AddonSnapshot } from "../../sessions/snapshot.js";
import { type SupervisorApi, SupervisorRefusal } from "./api.js";

/** The Supervisor measures for about two seconds to answer: often enough to be looked at, rare enough to cost nothing. */
const EVERY_MS = 60_000;

/** What the Supervisor measures of the add-on's whole container, asked again and again. */
export class AddonStats {
  readonly #api: SupervisorApi;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #changed: () => void;
  #latest: AddonSnapshot | undefined;
  #timer: Timer | undefined;
  #closed = false;
  #silent = false;

  /** @param changed called with each new measurement */
  constructor({
    api,
    clock,
    log,
    changed,
  }: {
    readonly api: SupervisorApi;
    readonly clock: Clock;
    readonly log: Logger;
    readonly changed: () => void;
  }) {
    this.#api = api;
    this.#clock = clock;
    this.#log = log;
    this.#changed = changed;
  }

  /** The last measurement; undefined before the first, and while the Supervisor gives none. */
  get latest(): AddonSnapshot | undefined {
    return this.#latest;
  }

  /** Asks now and from then on. Never rejects; resolves after the first answer. */
  async start(): Promise<void> {
    try {
      this.#latest = measured(await this.#api.get("/addons/self/stats"), this.#clock.nowMs());
      this.#silent = false;
    } catch (error) {
      this.#latest = undefined;
      if (!this.#silent)
        this.#log.debug(`The Supervisor tells no figures of the add-on: ${messageOf(error)}`);
      this.#silent = true;
      // A missing right does not come by waiting.
      if (error instanceof SupervisorRefusal && (error.status === 401 || error.status === 403)) return;
    }
    if (this.#closed) return;
    this.#changed();
    this.#timer = this.#clock.after(EVERY_MS, () => void this.start());
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }
}

/** @throws {Error} for an answer without the figures */
function measured(stats: Readonly<Record<string, unknown>>, atMs: number): AddonSnapshot {
  const figure = (name: string): number => {
    const value = stats[name];
    if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`its answer has no ${name}`);
    return value;
  };
  return {
    atMs,
    cpuPercent: figure("cpu_percent"),
    memoryBytes: figure("memory_usage"),
    memoryLimitBytes: figure("memory_limit"),
  };
}
