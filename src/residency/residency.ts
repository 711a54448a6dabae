import { SessionError } from "../base/errors.js";
import { formatBytes } from "../base/units.js";
import { NO_FAILURES } from "./failures.js";
import type { Lease, LeaseOptions, ModelLeaser } from "./lease.js";
import { LeaseDesk } from "./lease-desk.js";
import { Machinery } from "./machinery.js";
import type { Budget } from "./memory/budget.js";
import { readIntoPageCache } from "./page-cache.js";
import { LIMITS, type ResidencyOptions } from "./residency-options.js";
import type { Want } from "./resident.js";
import type { MemoryTotals, ResidencyEvents, ResidencyView } from "./resident-model.js";
import { swapModels } from "./swap.js";
import { logWarmUp } from "./warm-up-log.js";

/** How somebody asks for a model without using it yet. */
export interface WarmUpOptions {
  /** For people: `preload`, `asked for on the page`. */
  readonly reason: string;
  /** Who may have to leave for it. */
  readonly mayEvict: Want["mayEvict"];
  /** Longest wait for memory that others use; 0 refuses at once. */
  readonly deadlineMs: number;
}

/**
 * The models in memory: loads them when asked, keeps them while they are worth it, and never promises more memory
 * than the budget has.
 */
export class Residency implements ModelLeaser {
  readonly #machinery: Machinery;
  readonly #desk: LeaseDesk;

  constructor(options: ResidencyOptions) {
    this.#machinery = new Machinery(options);
    this.#desk = new LeaseDesk(this.#machinery);
  }

  /** Starts to look after the processes. */
  start(): void {
    this.#machinery.start();
  }

  /** Ends all workers; those who wait are told. */
  close(): Promise<void> {
    return this.#machinery.close();
  }

  lease(id: string, options: LeaseOptions): Promise<Lease> {
    return this.#desk.lease(id, options);
  }

  isReady(id: string): boolean {
    return this.#machinery.find(id)?.state.name === "ready";
  }

  prefetch(id: string): void {
    const { closed, idle, clock, pressure, flights } = this.#machinery;
    const resident = this.#machinery.find(id);
    if (!resident || closed) return;
    const { state } = resident;
    // It is about to be used: the idle time starts anew.
    if (state.name === "ready") idle.start(resident);
    else if (pressure.level === "none" && !(state.name === "failed" && clock.nowMs() < state.retryAtMs)) {
      if (!resident.flight) resident.reason = "about to be used";
      flights.join(resident, { mayEvict: "old", mayWait: false });
    }
  }

  /**
   * Makes a model ready and waits for it. One that failed is tried again at once.
   * @throws what kept it from getting ready; its state tells as well
   */
  async warmUp(id: string, { reason, mayEvict, deadlineMs }: WarmUpOptions): Promise<void> {
    const { logger, flights } = this.#machinery;
    const resident = this.#machinery.resident(id);
    this.#machinery.checkOpen();
    resident.reason = reason;
    resident.wanted = true;
    if (resident.state.name === "ready") return;
    const want: Want = { mayEvict, mayWait: deadlineMs > 0 };
    const { title, manifest } = resident.model;
    await logWarmUp(logger, title, manifest, () =>
      want.mayWait
        ? flights.wait(resident, want, { limitMs: deadlineMs })
        : flights.join(resident, want).promise,
    );
  }

  /** Tries a failed model again, however often it has failed. */
  retry(id: string): Promise<void> {
    this.#machinery.resident(id).failures = NO_FAILURES;
    return this.warmUp(id, { reason: "tried again", mayEvict: "anyone", deadlineMs: LIMITS.longestLoadMs });
  }

  /** Takes a model out of memory once its users are done; resolves when its memory is back. */
  async unload(id: string, why = "asked to"): Promise<void> {
    const { admission, departures } = this.#machinery;
    const resident = this.#machinery.resident(id);
    resident.wanted = false;
    resident.retryTimer?.cancel();
    if (resident.state.name === "cold" || resident.state.name === "failed") {
      resident.flight?.abort.abort(new SessionError("cancelled", `${resident.title} was unloaded.`));
      admission.decide();
    }
    departures.evict(resident, why, LIMITS.drainMs);
    await resident.gone();
  }

  /** Replaces a model's process by a new one; requests wait meanwhile. Loads it if it was not in memory. */
  async refresh(id: string): Promise<void> {
    await this.unload(id, "to be loaded anew");
    await this.warmUp(id, { reason: "refreshed", mayEvict: "anyone", deadlineMs: LIMITS.longestLoadMs });
  }

  /**
   * Puts one model in another's place. Both are in memory for a moment where they fit; otherwise the old one leaves
   * first, and requests for it are answered by the new one. When the new one cannot load, the old one stays or returns.
   * @throws what kept the new model from getting ready
   */
  swap(oldId: string, newId: string): Promise<void> {
    return oldId === newId
      ? this.refresh(newId)
      : swapModels(this.#machinery, this.#desk, this, oldId, newId);
  }

  /**
   * Reads the files of models that are on disk but not in memory, so that they load faster later. Stops while memory
   * is short. @throws the signal's reason
   */
  async warmFiles(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const { store, probe, clock, pressure, logger } = this.#machinery;
    for (const id of ids) {
      const { state, model } = this.#machinery.resident(id);
      if (state.name !== "cold" || pressure.level !== "none") continue;
      const files = await store.find(model.manifest);
      if (!files) continue;
      const bytes = await readIntoPageCache(Object.values(files.paths), { probe, clock, signal });
      logger.debug(`Read ${formatBytes(bytes)} of ${model.manifest.title} ahead`, { model: id });
    }
  }

  /** Keeps a model in memory once it is there. */
  pin(id: string): void {
    const resident = this.#machinery.resident(id);
    resident.pinned = true;
    resident.idleTimer?.cancel();
    resident.changed();
  }

  unpin(id: string): void {
    const resident = this.#machinery.resident(id);
    resident.pinned = false;
    resident.changed();
    this.#machinery.idle.start(resident);
    this.#machinery.shed();
    this.#machinery.admission.decide();
  }

  /** Time in memory after the last use, from now on: 0 leaves at once, -1 stays for ever. An idle time starts anew. */
  setKeepAlive(id: string, seconds: number): void {
    const resident = this.#machinery.resident(id);
    resident.keepAliveSeconds = seconds;
    resident.changed();
    this.#machinery.idle.start(resident);
  }

  get budget(): Budget {
    return this.#machinery.budget;
  }

  /** Takes effect at once: idle models leave until the rest fits; those in use leave after their users. */
  setBudget(budget: Budget): void {
    this.#machinery.budget = budget;
    for (const resident of this.#machinery.all()) {
      if (!resident.problem) continue;
      resident.problem = undefined;
      resident.changed();
    }
    this.#machinery.shed();
    this.#machinery.events.emit("totals", this.totals());
    this.#machinery.admission.decide();
  }

  /** @returns a function that stops listening */
  on<Name extends keyof ResidencyEvents>(
    name: Name,
    listener: (event: ResidencyEvents[Name]) => void,
  ): () => void {
    return this.#machinery.events.on(name, listener);
  }

  view(): ResidencyView {
    const models = this.#machinery.all().map((resident) => this.#machinery.viewOf(resident));
    return { ...this.totals(), models };
  }

  totals(): MemoryTotals {
    return this.#machinery.totals();
  }

  /** Measures all processes now instead of within the next seconds. */
  measure(): Promise<void> {
    return this.#machinery.watch.measure();
  }
}
