import type { Timer } from "../base/clock.js";
import type { VoiceError } from "../base/errors.js";
import type { LoadedModel } from "../workers/model-worker.js";
import { type Failures, NO_FAILURES } from "./failures.js";
import type { FootprintKey } from "./footprint-book.js";
import { COLD, leasesOf, type ModelInput, type ModelState, step } from "./model-state.js";
import type { ResidentModel } from "./resident-model.js";
import { NEVER_USED, type UseHistory } from "./use-likelihood.js";
import type { WorkerHome } from "./worker-home.js";

/** How much somebody wants a model. */
export interface Want {
  readonly mayEvict: "nobody" | "old" | "anyone";
  readonly mayWait: boolean;
}

/** One run from cold to ready that all who want the model share. */
export interface Flight {
  promise: Promise<void>;
  readonly wants: Set<Want>;
  readonly abort: AbortController;
  /** What it is busy with, for those who run out of patience. */
  stage: "files" | "memory" | "loading";
}

/** What residency keeps of one model. Changes state only through `apply`. */
export class Resident {
  readonly model: ResidentModel;
  readonly id: string;
  #state: ModelState = COLD;
  readonly #onChange: (resident: Resident) => void;
  /** Resolve once the model has left `draining`. */
  readonly #onGone: (() => void)[] = [];

  home: WorkerHome | undefined;
  /** A new object with each load, so it also tells one stay in memory from the next. */
  loaded: LoadedModel | undefined;
  /** Where the book keeps the figures of the load it is in memory from. */
  key: FootprintKey | undefined;
  flight: Flight | undefined;
  pinned: boolean;
  /** As the model's options say, or as set since. */
  keepAliveSeconds: number;
  /** Whether it should come back by itself after a crash, or once others have made room again. */
  wanted = false;
  reason: string | undefined;
  /** Why it is not in memory although somebody wanted it. */
  problem: VoiceError | undefined;
  failures: Failures = NO_FAILURES;
  uses: UseHistory = NEVER_USED;
  /** What was set aside when its load began. */
  setAsideBytes: number | undefined;
  /** Own share of its home's memory, as last measured. */
  measuredBytes: number | undefined;
  loadMs: number | undefined;
  warmUpMs: number | undefined;
  readySinceMs: number | undefined;
  usedSinceReady = false;
  idleTimer: Timer | undefined;
  retryTimer: Timer | undefined;
  drainTimer: Timer | undefined;

  constructor(model: ResidentModel, onChange: (resident: Resident) => void) {
    this.model = model;
    this.id = model.manifest.id;
    this.pinned = model.pinned;
    this.keepAliveSeconds = model.keepAliveSeconds;
    this.#onChange = onChange;
  }

  get state(): ModelState {
    return this.#state;
  }

  /** For people. */
  get title(): string {
    return this.model.manifest.title;
  }

  /** @throws {InternalError} when the state does not know the input */
  apply(input: ModelInput): void {
    const before = this.#state;
    this.#state = step(before, input);
    if (before.name === "draining" && this.#state.name !== "draining") {
      for (const tell of this.#onGone.splice(0)) tell();
    }
    this.#onChange(this);
  }

  /** Resolves at once unless the model is draining; then, once it has gone. */
  gone(): Promise<void> {
    if (this.#state.name !== "draining") return Promise.resolve();
    return new Promise((resolve) => this.#onGone.push(resolve));
  }

  /** Requests that wait for it; they count as users, so that it does not leave under their hands. */
  waiters = 0;

  get users(): number {
    return this.waiters + leasesOf(this.#state);
  }

  /** Forgets its stay in memory. */
  moveOut(): void {
    this.home = undefined;
    this.loaded = undefined;
    this.measuredBytes = undefined;
    this.readySinceMs = undefined;
    this.idleTimer?.cancel();
    this.drainTimer?.cancel();
  }

  /** Tells of figures that changed without a change of state. */
  changed(): void {
    this.#onChange(this);
  }

  cancelTimers(): void {
    this.idleTimer?.cancel();
    this.retryTimer?.cancel();
    this.drainTimer?.cancel();
  }
}
