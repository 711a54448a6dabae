import type { ModelStore } from "../assets/model-store.js";
import type { Clock } from "../base/clock.js";
import { BudgetError, SessionError, WorkerError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { formatBytes, formatDuration } from "../base/units.js";
import type { Admission } from "./admission.js";
import type { AdmissionRequest } from "./admission-plan.js";
import type { Census } from "./census.js";
import { needOf, readyBytesOf, reloadMsOf } from "./footprint.js";
import type { FootprintBook } from "./footprint-book.js";
import { type LoadOutcome, loadModel } from "./load-model.js";
import { keyOf, knownFootprint, loadOptionsOf } from "./load-options.js";
import type { MemoryProbe } from "./memory/memory-probe.js";
import { LIMITS, patientLimit } from "./residency-options.js";
import type { Flight, Resident, Want } from "./resident.js";
import { asVoiceError, type Setbacks } from "./setbacks.js";
import type { WorkerHome, WorkerHomes } from "./worker-home.js";

/**
 * The way of a model into memory: files → reservation → process → load → warm-up → ready. Memory is promised by its
 * upper bound before the process starts, and by what was measured from then on.
 */
export class BringUp {
  readonly #store: ModelStore;
  readonly #admission: Admission;
  readonly #homes: WorkerHomes;
  readonly #census: Census;
  readonly #setbacks: Setbacks;
  readonly #book: FootprintBook;
  readonly #probe: MemoryProbe;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #patienceMs: number;
  readonly #offer: (resident: Resident) => string | undefined;
  readonly #onFreed: () => void;

  constructor(options: {
    readonly store: ModelStore;
    readonly admission: Admission;
    readonly homes: WorkerHomes;
    readonly census: Census;
    readonly setbacks: Setbacks;
    readonly book: FootprintBook;
    readonly probe: MemoryProbe;
    readonly clock: Clock;
    readonly logger: Logger;
    /** See `ResidencyOptions`. */
    readonly patienceMs: number;
    /** A sentence that names a smaller model. */
    readonly offer: (resident: Resident) => string | undefined;
    readonly onFreed: () => void;
  }) {
    this.#store = options.store;
    this.#admission = options.admission;
    this.#homes = options.homes;
    this.#census = options.census;
    this.#setbacks = options.setbacks;
    this.#book = options.book;
    this.#probe = options.probe;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#patienceMs = options.patienceMs;
    this.#offer = options.offer;
    this.#onFreed = options.onFreed;
  }

  /** Resolves with the model ready. The model's state tells of every failure as well. */
  async run(resident: Resident, flight: Flight): Promise<void> {
    await resident.gone();
    flight.stage = "files";
    const paths = await this.#files(resident, flight.abort.signal);
    flight.stage = "memory";
    const home = await this.#reserve(resident, flight);
    flight.stage = "loading";
    await this.#load(resident, flight, home, paths);
  }

  async #files(resident: Resident, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { manifest } = resident.model;
    signal.throwIfAborted();
    try {
      return (await unlessAborted(this.#store.obtain(manifest, signal), signal)).paths;
    } catch (error) {
      signal.throwIfAborted();
      this.#setbacks.record(resident, "refused", asVoiceError(error));
      throw error;
    }
  }

  async #reserve(resident: Resident, flight: Flight): Promise<WorkerHome> {
    const { abort, wants } = flight;
    const cancelled = () => new SessionError("cancelled", `Nobody waits for ${resident.title} any more.`);
    let home: WorkerHome | undefined;
    try {
      await this.#admission.admit({
        id: resident.id,
        wishes: () => {
          if (abort.signal.aborted || wants.size === 0) return undefined;
          const offer = this.#offer(resident);
          return {
            title: resident.title,
            bytes: this.#census.applicationBytes(resident),
            ...strongest(wants),
            ...(offer !== undefined && { offer }),
          };
        },
        take: () => {
          const bytes = this.#census.needBytes(resident);
          home = this.#homes.moveIn(resident.id, resident.model.isolation);
          resident.home = home;
          resident.problem = undefined;
          resident.setAsideBytes = bytes;
          resident.apply({ type: "reserve", bytes });
        },
        withdrawn: () => (abort.signal.aborted ? asVoiceError(abort.signal.reason) : cancelled()),
      });
    } catch (error) {
      if (error instanceof BudgetError) {
        resident.problem = error;
        resident.changed();
      }
      throw error;
    }
    if (!home) throw cancelled();
    return home;
  }

  async #load(
    resident: Resident,
    flight: Flight,
    home: WorkerHome,
    paths: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { model } = resident;
    const { manifest } = model;
    const options = loadOptionsOf(model, this.#book);
    const key = keyOf(model, options);
    const known = knownFootprint(model, this.#book);
    const usualMs = reloadMsOf(known, manifest.memory);
    const startedMs = this.#clock.monotonicMs();
    const load = () =>
      loadModel({
        manifest,
        spec: { model: manifest.id, provider: manifest.provider, paths, ...options },
        home,
        probe: this.#probe,
        clock: this.#clock,
        signal: flight.abort.signal,
        startedMs: home.shared ? this.#clock.monotonicMs() : startedMs,
        loadLimitMs: patientLimit(
          Math.min(LIMITS.longestLoadMs, Math.max(LIMITS.shortestLoadMs, 10 * usualMs)),
          this.#patienceMs,
        ),
        warmUpLimitMs: patientLimit(LIMITS.warmUpMs, this.#patienceMs),
        onLoaded: () => {
          if (resident.state.name === "loading") resident.apply({ type: "loaded" });
        },
      });
    let outcome: LoadOutcome;
    try {
      outcome = await (home.shared ? home.inTurn(load) : load());
      flight.abort.signal.throwIfAborted();
      if (home.exit)
        throw new WorkerError("worker-crashed", `${resident.title} crashed right after its warm-up.`);
    } catch (error) {
      const { aborted, reason } = flight.abort.signal;
      throw await this.#abandon(resident, home, async () =>
        aborted ? asVoiceError(reason) : this.#setbacks.causeOf(resident, home, key, error),
      );
    }
    this.#settleIn(resident, home, outcome, key);
  }

  #settleIn(
    resident: Resident,
    home: WorkerHome,
    { loaded, sample }: LoadOutcome,
    key: ReturnType<typeof keyOf>,
  ): void {
    const { manifest } = resident.model;
    const estimate = needOf(undefined, manifest.memory).readyBytes;
    resident.loaded = loaded;
    resident.key = key;
    resident.measuredBytes = sample?.steadyBytes;
    resident.loadMs = sample?.loadMs;
    resident.warmUpMs = sample?.warmUpMs;
    resident.readySinceMs = this.#clock.nowMs();
    resident.usedSinceReady = false;
    if (sample) this.#book.record(key, sample);
    const bytes = sample ? readyBytesOf(sample) : estimate;
    this.#census.shareOut(home);
    resident.apply({ type: "warmed", bytes });
    const took = sample ? ` in ${formatDuration(sample.loadMs + sample.warmUpMs)}` : "";
    this.#logger.info(`${resident.title} is ready${took}, ${formatBytes(bytes)}`, { model: resident.id });
    this.#onFreed();
  }

  /** Gives everything back after a load that failed or was called off. @returns the error to tell those who wait */
  async #abandon(resident: Resident, home: WorkerHome, cause: () => Promise<Error>): Promise<Error> {
    await this.#homes.moveOut(home, resident.id, { force: true });
    const error = await cause();
    resident.moveOut();
    if (resident.state.name === "draining") resident.apply({ type: "exited" });
    else if (resident.state.name === "loading" || resident.state.name === "warming") {
      this.#setbacks.record(resident, "crashed", asVoiceError(error));
    }
    this.#onFreed();
    return error;
  }
}

const EVICTION_ORDER = ["nobody", "old", "anyone"] as const;

/** All that any of those who want it may do. */
function strongest(wants: ReadonlySet<Want>): Pick<AdmissionRequest, "mayEvict" | "mayWait"> {
  const all = [...wants];
  const strength = Math.max(0, ...all.map(({ mayEvict }) => EVICTION_ORDER.indexOf(mayEvict)));
  return { mayEvict: EVICTION_ORDER[strength] ?? "nobody", mayWait: all.some(({ mayWait }) => mayWait) };
}

/** The work's result, or the signal's reason at once, even when the work takes its time to notice. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
