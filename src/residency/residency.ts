import type { Clock } from "../base/clock.js";
import { Emitter } from "../base/emitter.js";
import { SessionError } from "../base/errors.js";
import { formatBytes } from "../base/units.js";
import { Admission } from "./admission.js";
import { BringUp } from "./bring-up.js";
import { Census } from "./census.js";
import { Departures } from "./departures.js";
import { chooseToShed } from "./eviction.js";
import { FORGIVE_AFTER_MS, NO_FAILURES } from "./failures.js";
import { Flights } from "./flights.js";
import type { FootprintBook } from "./footprint-book.js";
import { IdleTimers } from "./idle-timers.js";
import type { Lease, LeaseOptions, ModelLeaser } from "./lease.js";
import { knownFootprint } from "./load-options.js";
import { type Budget, headroomOf } from "./memory/budget.js";
import { MemoryWatch } from "./memory-watch.js";
import { leasesOf } from "./model-state.js";
import { offerSmaller } from "./offer-smaller.js";
import { LIMITS, MAX_WAITERS, type ResidencyOptions } from "./residency-options.js";
import { viewOf } from "./residency-view.js";
import { Resident, type Want } from "./resident.js";
import type { MemoryTotals, ModelView, ResidencyEvents, ResidencyView } from "./resident-model.js";
import { Setbacks } from "./setbacks.js";
import { noteUse } from "./use-likelihood.js";
import { WorkerHomes } from "./worker-home.js";

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
  readonly #residents: ReadonlyMap<string, Resident>;
  readonly #clock: Clock;
  readonly #book: FootprintBook;
  readonly #homes: WorkerHomes;
  readonly #census: Census;
  readonly #admission: Admission;
  readonly #departures: Departures;
  readonly #flights: Flights;
  readonly #idle: IdleTimers;
  readonly #watch: MemoryWatch;
  readonly #emitter: Emitter<ResidencyEvents>;
  #budget: Budget;
  #closed = false;
  #lastExitMs = Number.NEGATIVE_INFINITY;

  constructor(options: ResidencyOptions) {
    const { clock, logger, book, probe, store, smaller = () => [] } = options;
    this.#clock = clock;
    this.#book = book;
    this.#budget = options.budget;
    this.#emitter = new Emitter((error) => logger.error("A listener to residency failed", { error }));
    const residents = options.models.map(
      (model) => new Resident(model, (resident) => this.#emitter.emit("model", this.#viewOf(resident))),
    );
    this.#residents = new Map(residents.map((resident) => [resident.id, resident]));
    this.#homes = new WorkerHomes({
      spawner: options.spawner,
      probe,
      onExit: (home, exit) => {
        this.#lastExitMs = clock.monotonicMs();
        this.#departures.ended(home, exit);
      },
    });
    const homes = this.#homes;
    const census = new Census({ residents, homes, book, clock });
    this.#census = census;
    const onFreed = () => this.#freed();
    const setbacks = new Setbacks({
      clock,
      logger,
      book,
      random: options.random ?? Math.random,
      onRetry: (resident) => {
        if (!this.#closed) this.#flights.join(resident, { mayEvict: "old", mayWait: false });
      },
    });
    this.#departures = new Departures({
      residents,
      homes,
      setbacks,
      clock,
      logger,
      onFreed,
      onEvicted: (eviction) => this.#emitter.emit("evicted", eviction),
    });
    this.#admission = new Admission(clock, {
      room: async (applicant) => {
        const headroom = headroomOf(await this.#watch.look());
        const settling = clock.monotonicMs() - this.#lastExitMs < LIMITS.settleMs;
        return census.room(applicant, this.#budget, headroom, settling);
      },
      evict: ({ id, why }, forWhom) =>
        this.#departures.evict(
          this.#resident(id),
          `${this.#resident(forWhom).title} needs its memory; ${why}`,
        ),
    });
    const bringUp = new BringUp({
      store,
      admission: this.#admission,
      homes,
      census,
      setbacks,
      book,
      probe,
      clock,
      logger,
      offer: ({ id }) =>
        offerSmaller(
          smaller(id).map((other) => this.#residents.get(other)),
          census,
          this.#budget.bytes,
        ),
      onFreed,
    });
    this.#idle = new IdleTimers(clock, (resident, why) => this.#departures.evict(resident, why));
    this.#flights = new Flights({
      clock,
      run: async (resident, flight) => {
        await bringUp.run(resident, flight);
        this.#idle.start(resident);
      },
      onWishes: () => this.#admission.decide(),
    });
    this.#watch = new MemoryWatch({
      residents,
      homes,
      census,
      book,
      probe,
      clock,
      logger,
      onMeasured: () => this.#measured(),
    });
  }

  /** Starts to look after the processes. */
  start(): void {
    this.#watch.start();
  }

  /** Ends all workers; those who wait are told. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#watch.close();
    const reason = new SessionError("cancelled", "The program is stopping.");
    for (const resident of this.#residents.values()) {
      resident.cancelTimers();
      resident.flight?.abort.abort(reason);
    }
    this.#admission.decide();
    await this.#homes.close();
    await Promise.all(
      [...this.#residents.values()].map(({ flight }) => flight?.promise.catch(() => undefined)),
    );
    // A load that was called off may have started its process after the others were ended.
    await this.#homes.close();
    await this.#book.flush();
  }

  async lease(id: string, { deadlineMs, signal }: LeaseOptions): Promise<Lease> {
    const resident = this.#resident(id);
    const untilMs = this.#clock.monotonicMs() + deadlineMs;
    signal?.throwIfAborted();
    if (resident.waiters >= MAX_WAITERS) {
      throw new SessionError(
        "busy",
        `${resident.title} has ${MAX_WAITERS} requests waiting; try again later.`,
      );
    }
    resident.waiters += 1;
    try {
      while (resident.state.name !== "ready") {
        await this.#waitFor(resident, untilMs, signal);
      }
      return this.#grant(resident);
    } finally {
      resident.waiters -= 1;
    }
  }

  isReady(id: string): boolean {
    return this.#residents.get(id)?.state.name === "ready";
  }

  prefetch(id: string): void {
    const resident = this.#residents.get(id);
    if (!resident || this.#closed) return;
    // It is about to be used: the idle time starts anew.
    if (resident.state.name === "ready") {
      this.#idle.start(resident);
      return;
    }
    if (resident.state.name === "failed" && this.#clock.nowMs() < resident.state.retryAtMs) return;
    resident.reason = "about to be used";
    this.#flights.join(resident, { mayEvict: "old", mayWait: false });
  }

  /**
   * Makes a model ready and waits for it. One that failed is tried again at once.
   * @throws what kept it from getting ready; its state tells as well
   */
  async warmUp(id: string, { reason, mayEvict, deadlineMs }: WarmUpOptions): Promise<void> {
    const resident = this.#resident(id);
    this.#checkOpen();
    if (resident.state.name === "ready") return;
    resident.reason = reason;
    resident.wanted = true;
    const want: Want = { mayEvict, mayWait: deadlineMs > 0 };
    if (want.mayWait) await this.#flights.wait(resident, want, { limitMs: deadlineMs });
    else await this.#flights.join(resident, want).promise;
  }

  /** Tries a failed model again, however often it has failed. */
  retry(id: string): Promise<void> {
    this.#resident(id).failures = NO_FAILURES;
    return this.warmUp(id, { reason: "tried again", mayEvict: "anyone", deadlineMs: LIMITS.longestLoadMs });
  }

  /** Takes a model out of memory once its users are done; resolves when its memory is back. */
  async unload(id: string, why = "asked to"): Promise<void> {
    const resident = this.#resident(id);
    resident.wanted = false;
    resident.retryTimer?.cancel();
    if (resident.state.name === "cold" || resident.state.name === "failed") {
      resident.flight?.abort.abort(new SessionError("cancelled", `${resident.title} was unloaded.`));
      this.#admission.decide();
    }
    this.#departures.evict(resident, why, LIMITS.drainMs);
    await resident.gone();
  }

  /** Keeps a model in memory once it is there. */
  pin(id: string): void {
    const resident = this.#resident(id);
    resident.pinned = true;
    resident.idleTimer?.cancel();
    resident.changed();
  }

  unpin(id: string): void {
    const resident = this.#resident(id);
    resident.pinned = false;
    resident.changed();
    this.#idle.start(resident);
    this.#admission.decide();
  }

  /** Takes effect at once: idle models leave until the rest fits; those in use leave after their users. */
  setBudget(budget: Budget): void {
    this.#budget = budget;
    for (const resident of this.#residents.values()) {
      if (!resident.problem) continue;
      resident.problem = undefined;
      resident.changed();
    }
    this.#shed();
    this.#emitter.emit("totals", this.totals());
    this.#admission.decide();
  }

  /** @returns a function that stops listening */
  on<Name extends keyof ResidencyEvents>(
    name: Name,
    listener: (event: ResidencyEvents[Name]) => void,
  ): () => void {
    return this.#emitter.on(name, listener);
  }

  view(): ResidencyView {
    return { ...this.totals(), models: [...this.#residents.values()].map((each) => this.#viewOf(each)) };
  }

  totals(): MemoryTotals {
    const { machine, cgroup } = this.#watch.conditions;
    const measuredBytes = this.#census.measuredBytes();
    return {
      budgetBytes: this.#budget.bytes,
      budgetReason: this.#budget.reason,
      measuredBytes,
      reservedBytes: Math.max(0, this.#census.promisedBytes() - measuredBytes),
      ownBytes: this.#watch.ownBytes,
      availableBytes: Math.min(
        machine?.availableBytes ?? 0,
        cgroup?.headroomBytes ?? Number.POSITIVE_INFINITY,
      ),
    };
  }

  /** Measures all processes now instead of within the next seconds. */
  measure(): Promise<void> {
    return this.#watch.measure();
  }

  async #waitFor(resident: Resident, untilMs: number, signal: AbortSignal | undefined): Promise<void> {
    this.#checkOpen();
    const { state } = resident;
    if (state.name === "failed" && this.#clock.nowMs() < state.retryAtMs) throw state.error;
    if (!resident.flight) resident.reason = "asked by a request";
    const limitMs = untilMs - this.#clock.monotonicMs();
    await this.#flights.wait(
      resident,
      { mayEvict: "anyone", mayWait: true },
      { limitMs, ...(signal && { signal }) },
    );
  }

  #grant(resident: Resident): Lease {
    const { id, home, loaded } = resident;
    if (!home || !loaded) throw new SessionError("cancelled", `${resident.title} has just left memory.`);
    resident.idleTimer?.cancel();
    resident.usedSinceReady = true;
    this.#noteUse(resident);
    resident.apply({ type: "lease" });
    let released = false;
    return {
      model: id,
      loaded,
      worker: home.worker,
      release: () => {
        if (released) return;
        released = true;
        // After a crash, or when it had to go regardless, there is nothing left to release.
        if (resident.loaded === loaded && leasesOf(resident.state) > 0) this.#release(resident);
      },
    };
  }

  #release(resident: Resident): void {
    this.#noteUse(resident);
    const sinceMs = resident.readySinceMs ?? this.#clock.nowMs();
    if (this.#clock.nowMs() - sinceMs > FORGIVE_AFTER_MS) resident.failures = NO_FAILURES;
    resident.apply({ type: "release" });
    if (resident.state.name === "draining" && resident.state.leases === 0) this.#departures.retire(resident);
    else this.#idle.start(resident);
    this.#shed();
    this.#admission.decide();
  }

  #noteUse(resident: Resident): void {
    const nowMs = this.#clock.nowMs();
    resident.uses = noteUse(resident.uses, nowMs, new Date(nowMs).getHours());
  }

  #freed(): void {
    for (const home of this.#homes.all()) this.#census.shareOut(home);
    this.#emitter.emit("totals", this.totals());
    this.#admission.decide();
  }

  #measured(): void {
    this.#shed();
    this.#emitter.emit("totals", this.totals());
    this.#admission.decide();
  }

  /** Sends idle models away while more is promised than the budget has. */
  #shed(): void {
    const { bytes } = this.#budget;
    const over = this.#census.promisedBytes() - this.#census.leavingBytes() - bytes;
    if (over <= 0 || this.#closed) return;
    const reason = `models hold ${formatBytes(over)} more than the budget of ${formatBytes(bytes)}`;
    for (const { id, why } of chooseToShed(this.#census.candidates(), over)) {
      this.#departures.evict(this.#resident(id), `${reason}; ${why}`);
    }
  }

  #viewOf(resident: Resident): ModelView {
    return viewOf(resident, knownFootprint(resident.model, this.#book));
  }

  #resident(id: string): Resident {
    const resident = this.#residents.get(id);
    if (resident) return resident;
    throw new SessionError(
      "no-model",
      `There is no model ${id}; see the list of models for those there are.`,
    );
  }

  #checkOpen(): void {
    if (this.#closed) throw new SessionError("cancelled", "The program is stopping.");
  }
}
