import type { ModelStore } from "../assets/model-store.js";
import type { Clock } from "../base/clock.js";
import { Emitter } from "../base/emitter.js";
import { SessionError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { formatBytes } from "../base/units.js";
import { Admission } from "./admission.js";
import type { Room } from "./admission-plan.js";
import { BringUp } from "./bring-up.js";
import { Census } from "./census.js";
import { Departures } from "./departures.js";
import { chooseToShed } from "./eviction.js";
import { Flights } from "./flights.js";
import type { FootprintBook } from "./footprint-book.js";
import { IdleTimers } from "./idle-timers.js";
import { knownFootprint } from "./load-options.js";
import { type Budget, headroomOf } from "./memory/budget.js";
import type { MemoryProbe } from "./memory/memory-probe.js";
import { MemoryWatch } from "./memory-watch.js";
import { offerSmaller } from "./offer-smaller.js";
import { chooseOvershooting, stopOvershooting } from "./overshoot.js";
import { PressureRelief } from "./pressure-relief.js";
import { LIMITS, type ResidencyOptions } from "./residency-options.js";
import { viewOf } from "./residency-view.js";
import { Resident } from "./resident.js";
import type { MemoryTotals, ModelView, ResidencyEvents } from "./resident-model.js";
import { Setbacks } from "./setbacks.js";
import { WorkerHomes } from "./worker-home.js";

/** The parts of residency, put together, and what keeps them in step. */
export class Machinery {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly book: FootprintBook;
  readonly store: ModelStore;
  readonly probe: MemoryProbe;
  readonly homes: WorkerHomes;
  readonly census: Census;
  readonly admission: Admission;
  readonly departures: Departures;
  readonly flights: Flights;
  readonly idle: IdleTimers;
  readonly watch: MemoryWatch;
  readonly pressure: PressureRelief;
  readonly events: Emitter<ResidencyEvents>;
  readonly #residents: ReadonlyMap<string, Resident>;
  budget: Budget;
  closed = false;
  #lastExitMs = Number.NEGATIVE_INFINITY;

  constructor(options: ResidencyOptions) {
    const { clock, logger, book, probe } = options;
    this.clock = clock;
    this.logger = logger;
    this.book = book;
    this.store = options.store;
    this.probe = probe;
    this.budget = options.budget;
    this.events = new Emitter((error) => logger.error("A listener to residency failed", { error }));
    const residents = options.models.map(
      (model) => new Resident(model, (resident) => this.events.emit("model", this.viewOf(resident))),
    );
    for (const resident of residents) resident.uses = { ...resident.uses, ...book.uses(resident.id) };
    this.#residents = new Map(residents.map((resident) => [resident.id, resident]));
    const homes = new WorkerHomes({
      spawner: options.spawner,
      probe,
      onExit: (home, exit) => {
        this.#lastExitMs = clock.monotonicMs();
        this.departures.ended(home, exit);
      },
    });
    const census = new Census({ residents, homes, book, clock });
    const common = { residents, homes, census, book, probe, clock, logger, onFreed: () => this.#freed() };
    const setbacks = new Setbacks({
      ...common,
      random: options.random ?? Math.random,
      onRetry: (resident) => {
        if (!this.closed) this.flights.join(resident, { mayEvict: "old", mayWait: false });
      },
    });
    this.homes = homes;
    this.census = census;
    this.departures = new Departures({
      ...common,
      setbacks,
      onEvicted: (eviction) => this.events.emit("evicted", eviction),
    });
    this.admission = new Admission(clock, {
      room: (applicant) => this.#room(applicant),
      evict: ({ id, why }, forWhom) =>
        this.departures.evict(this.resident(id), `${this.resident(forWhom).title} needs its memory; ${why}`),
    });
    const bringUp = new BringUp({
      patienceMs: options.patienceMs ?? 0,
      ...common,
      store: options.store,
      admission: this.admission,
      setbacks,
      offer: ({ id }) => {
        const ladder = (options.smaller?.(id) ?? []).map((smaller) => this.#residents.get(smaller));
        return offerSmaller(ladder, census, this.budget.bytes);
      },
    });
    this.idle = new IdleTimers(clock, (resident, why) => {
      resident.wanted = false;
      this.departures.evict(resident, why);
    });
    this.flights = new Flights({
      clock,
      run: async (resident, flight) => {
        await bringUp.run(resident, flight);
        this.idle.start(resident);
      },
      onWishes: () => this.admission.decide(),
    });
    this.watch = new MemoryWatch({ ...common, onMeasured: () => this.#measured() });
    this.pressure = new PressureRelief({
      ...common,
      watch: this.watch,
      evict: (id, why) => this.departures.evict(this.resident(id), why),
    });
  }

  start(): void {
    this.watch.start();
    this.pressure.start();
  }

  /** Ends all workers; those who wait are told. */
  async close(): Promise<void> {
    this.closed = true;
    this.watch.close();
    this.pressure.close();
    const reason = new SessionError("cancelled", "The program is stopping.");
    for (const resident of this.all()) {
      resident.cancelTimers();
      resident.flight?.abort.abort(reason);
    }
    this.admission.decide();
    await this.homes.close();
    await Promise.all(this.all().map(({ flight }) => flight?.promise.catch(() => undefined)));
    // A load that was called off may have started its process after the others were ended.
    await this.homes.close();
    await this.book.flush();
  }

  all(): readonly Resident[] {
    return [...this.#residents.values()];
  }

  find(id: string): Resident | undefined {
    return this.#residents.get(id);
  }

  /** @throws {SessionError} `no-model` */
  resident(id: string): Resident {
    const resident = this.#residents.get(id);
    if (resident) return resident;
    throw new SessionError(
      "no-model",
      `There is no model ${id}; see the list of models for those there are.`,
    );
  }

  /** @throws {SessionError} `cancelled` once closed */
  checkOpen(): void {
    if (this.closed) throw new SessionError("cancelled", "The program is stopping.");
  }

  viewOf(resident: Resident): ModelView {
    return viewOf(resident, knownFootprint(resident.model, this.book));
  }

  totals(): MemoryTotals {
    const { machine, cgroup } = this.watch.conditions;
    const measuredBytes = this.census.measuredBytes();
    return {
      budgetBytes: this.budget.bytes,
      budgetReason: this.budget.reason,
      measuredBytes,
      reservedBytes: Math.max(0, this.census.promisedBytes() - measuredBytes),
      ownBytes: this.watch.ownBytes,
      availableBytes: Math.min(
        machine?.availableBytes ?? 0,
        cgroup?.headroomBytes ?? Number.POSITIVE_INFINITY,
      ),
    };
  }

  /** Sends idle models away while more is promised than the budget has. */
  shed(): void {
    const { bytes } = this.budget;
    const over = this.census.promisedBytes() - this.census.leavingBytes() - bytes;
    if (over <= 0 || this.closed) return;
    const reason = `models hold ${formatBytes(over)} more than the budget of ${formatBytes(bytes)}`;
    for (const { id, why } of chooseToShed(this.census.candidates(), over)) {
      this.departures.evict(this.resident(id), `${reason}; ${why}`);
    }
    const still = this.census.promisedBytes() - this.census.leavingBytes() - bytes;
    const loading = still > 0 ? chooseOvershooting(this.all()) : undefined;
    // A load under way has no users yet; those who wait for it are told, and a smaller model may answer them.
    if (loading && !loading.flight?.abort.signal.aborted) stopOvershooting(loading, this);
  }

  async #room(applicant: string): Promise<Room> {
    // Shares of common pages grow when others leave: a promise is only as good as the last look.
    await this.watch.measureWorkers();
    const headroom = headroomOf(await this.watch.look());
    const settling = this.clock.monotonicMs() - this.#lastExitMs < LIMITS.settleMs;
    return this.census.room(applicant, this.budget, headroom, settling);
  }

  #freed(): void {
    for (const home of this.homes.all()) this.census.shareOut(home);
    // A model may have turned out to be larger than it was thought to be.
    this.shed();
    this.events.emit("totals", this.totals());
    this.admission.decide();
    this.#bringBack();
  }

  #measured(): void {
    this.shed();
    this.events.emit("totals", this.totals());
    this.admission.decide();
    this.#bringBack();
  }

  /** Models that had to leave for others return once there is room again, one at a time. */
  #bringBack(): void {
    if (this.closed || this.pressure.level !== "none" || this.admission.waitingCount > 0) return;
    if (this.all().some(({ flight }) => flight)) return;
    const free = this.budget.bytes - this.census.promisedBytes();
    const next = this.all().find(
      (resident) =>
        resident.wanted && resident.state.name === "cold" && this.census.applicationBytes(resident) <= free,
    );
    if (next) this.flights.join(next, { mayEvict: "nobody", mayWait: false });
  }
}
