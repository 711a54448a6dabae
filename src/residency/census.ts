import type { Clock } from "../base/clock.js";
import type { Room } from "./admission-plan.js";
import type { Candidate } from "./eviction.js";
import { needOf, reloadMsOf } from "./footprint.js";
import type { FootprintBook } from "./footprint-book.js";
import { keyOf, knownFootprint, loadOptionsOf } from "./load-options.js";
import type { Budget, Headroom } from "./memory/budget.js";
import { bytesOf } from "./model-state.js";
import type { Resident } from "./resident.js";
import { likelihoodOf } from "./use-likelihood.js";
import { BARE_WORKER_BYTES, type WorkerHome, type WorkerHomes } from "./worker-home.js";

/** Adds up who holds what. Everything here is computed from the residents and their homes; nothing is kept. */
export class Census {
  readonly #residents: readonly Resident[];
  readonly #homes: WorkerHomes;
  readonly #book: FootprintBook;
  readonly #clock: Clock;

  constructor(options: {
    readonly residents: readonly Resident[];
    readonly homes: WorkerHomes;
    readonly book: FootprintBook;
    readonly clock: Clock;
  }) {
    this.#residents = options.residents;
    this.#homes = options.homes;
    this.#book = options.book;
    this.#clock = options.clock;
  }

  /** All that is promised: to models, and to shared processes beyond what their models are said to hold. */
  promisedBytes(): number {
    const models = this.#residents.reduce((sum, { state }) => sum + bytesOf(state), 0);
    return this.#homes.all().reduce((sum, home) => sum + home.residueBytes, models);
  }

  /** Of models on their way out. */
  leavingBytes(except?: string): number {
    return this.#residents.reduce(
      (sum, { id, state }) => sum + (state.name === "draining" && id !== except ? state.bytes : 0),
      0,
    );
  }

  /** As last measured. */
  measuredBytes(): number {
    return this.#homes.all().reduce((sum, { memory }) => sum + (memory?.bytes ?? 0), 0);
  }

  /** Idle models and what their leaving would give and cost. */
  candidates(): readonly Candidate[] {
    const nowMs = this.#clock.nowMs();
    return this.#residents.flatMap((resident) => {
      const { state, id, model, pinned, uses } = resident;
      if (state.name !== "ready") return [];
      const readyMs = resident.readySinceMs ?? nowMs;
      return [
        {
          id,
          bytes: state.bytes,
          leases: resident.users,
          pinned,
          reloadMs: reloadMsOf(knownFootprint(model, this.#book), model.manifest.memory),
          likelihood: likelihoodOf(uses, nowMs, new Date(nowMs).getHours()),
          priority: model.priority,
          readyForMs: nowMs - readyMs,
          idleForMs: nowMs - Math.max(readyMs, uses.lastUsedAtMs ?? 0),
        },
      ];
    });
  }

  /** Memory as one who wants to load sees it. */
  room(applicant: string, budget: Budget, headroom: Headroom, settling: boolean): Room {
    const others = this.#residents.filter(({ id }) => id !== applicant);
    const sum = (each: (resident: Resident) => number) =>
      others.reduce((total, resident) => total + each(resident), 0);
    const candidates = this.candidates().filter(({ id }) => id !== applicant);
    return {
      budgetBytes: budget.bytes,
      budgetReason: budget.reason,
      promisedBytes: this.promisedBytes(),
      leavingBytes: this.leavingBytes(applicant),
      pinnedBytes: sum(({ state, pinned }) => (pinned && state.name !== "draining" ? bytesOf(state) : 0)),
      untakenBytes: sum((resident) => this.#untakenBytes(resident)),
      headroomBytes: headroom.bytes,
      headroomReason: headroom.reason,
      settling,
      candidates,
      closable: this.#closable(candidates),
    };
  }

  /** What a model may still take without asking: it has not loaded yet, or computes nothing just now. */
  #untakenBytes({ state, measuredBytes }: Resident): number {
    return state.name === "draining" ? 0 : Math.max(0, bytesOf(state) - (measuredBytes ?? 0));
  }

  /** Streams of wake words and voice detection never end by themselves: waiting for their users would be for ever. */
  #closable(candidates: readonly Candidate[]): readonly Candidate[] {
    const brief = new Set(
      this.#residents
        .filter(({ model }) => model.manifest.capability === "stt" || model.manifest.capability === "tts")
        .map(({ id }) => id),
    );
    return candidates.filter(({ id }) => brief.has(id)).map((candidate) => ({ ...candidate, leases: 0 }));
  }

  /**
   * What a shared process holds beyond the shares of its models is its own: itself, and what departed models have left
   * behind. Not told apart while a model loads in it, whose growth has a promise already.
   */
  shareOut(home: WorkerHome): void {
    const inside = this.#residents.filter((resident) => resident.home === home);
    if (!home.shared || !home.memory || inside.some(({ measuredBytes }) => measuredBytes === undefined))
      return;
    const shares = inside.reduce((sum, { measuredBytes }) => sum + (measuredBytes ?? 0), 0);
    home.residueBytes = Math.max(0, home.memory.bytes - shares);
  }

  /** Upper bound of what a model will hold. */
  needBytes({ model }: Resident): number {
    const growth = this.#book.growth(keyOf(model, loadOptionsOf(model, this.#book)));
    return needOf(knownFootprint(model, this.#book), model.manifest.memory, growth).loadBytes;
  }

  /** The same with the process it would have to start first. */
  applicationBytes(resident: Resident): number {
    const startsShared = resident.model.isolation === "shared" && !this.#homes.hasShared();
    return this.needBytes(resident) + (startsShared ? BARE_WORKER_BYTES : 0);
  }
}
