import type { Clock, Timer } from "../base/clock.js";
import { toError } from "../base/errors.js";
import { type AdmissionPlan, type AdmissionRequest, planAdmission, type Room } from "./admission-plan.js";

/** One who waits for memory. What it may do can change while it waits: somebody may join who is in a hurry. */
export interface Applicant {
  readonly id: string;
  /** Its wishes now; undefined once nobody wants it any more. */
  wishes(): Omit<AdmissionRequest, "waitedMs" | "behindOthers"> | undefined;
  /** Takes the memory, at once. */
  take(bytes: number): void;
  /** Told when nobody wanted it any more. */
  readonly withdrawn: () => Error;
}

/** What admission looks at and acts on. */
export interface AdmissionGround {
  room(applicant: string): Promise<Room>;
  evict(victim: { readonly id: string; readonly why: string }, forWhom: string): void;
}

interface Waiting {
  readonly applicant: Applicant;
  readonly sinceMs: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Memory comes back without an event where others on the machine held it. */
const LOOK_AGAIN_MS = 250;

/**
 * Hands out memory, one decision at a time: no two loads can count on the same bytes. Those whom somebody waits for
 * come first, in order of arrival. At most one applicant for each model, so the queue has a bound.
 */
export class Admission {
  readonly #clock: Clock;
  readonly #ground: AdmissionGround;
  #waiting: readonly Waiting[] = [];
  #deciding = false;
  #again = false;
  #timer: Timer | undefined;

  constructor(clock: Clock, ground: AdmissionGround) {
    this.#clock = clock;
    this.#ground = ground;
  }

  /**
   * Resolves once the applicant has taken its memory.
   * @throws {BudgetError} `larger-than-budget`, and `over-budget` for those who may not wait
   */
  admit(applicant: Applicant): Promise<void> {
    return new Promise((resolve, reject) => {
      const sinceMs = this.#clock.monotonicMs();
      this.#waiting = [...this.#waiting, { applicant, sinceMs, resolve, reject }];
      this.decide();
    });
  }

  /** Looks at those who wait; called whenever memory, the budget or somebody's wishes changed. Returns at once. */
  decide(): void {
    this.#again = true;
    if (!this.#deciding) void this.#run();
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  async #run(): Promise<void> {
    this.#deciding = true;
    while (this.#again) {
      this.#again = false;
      await this.#round();
    }
    this.#deciding = false;
  }

  /** Goes down the queue once; starts again from the top after each change. */
  async #round(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    let behindOthers = false;
    for (const waiting of this.#inOrder()) {
      try {
        const plan = await this.#plan(waiting, behindOthers);
        if (plan.kind === "wait") {
          behindOthers = true;
          continue;
        }
        this.#again = true;
        if (plan.kind === "evict") {
          for (const victim of plan.victims) this.#ground.evict(victim, waiting.applicant.id);
        } else {
          this.#leave(waiting);
          if (plan.kind === "grant") waiting.resolve();
          else waiting.reject(plan.error);
        }
      } catch (error) {
        this.#leave(waiting);
        waiting.reject(toError(error));
        this.#again = true;
      }
      return;
    }
    if (this.#waiting.length > 0) {
      this.#timer = this.#clock.after(LOOK_AGAIN_MS, () => this.decide());
    }
  }

  async #plan(
    waiting: Waiting,
    behindOthers: boolean,
  ): Promise<AdmissionPlan | { kind: "refuse"; error: Error }> {
    const { applicant, sinceMs } = waiting;
    const room = await this.#ground.room(applicant.id);
    // Asked after the measurement, so that decision and taking happen on one unchanged view.
    const wishes = applicant.wishes();
    if (!wishes) return { kind: "refuse", error: applicant.withdrawn() };
    const waitedMs = this.#clock.monotonicMs() - sinceMs;
    const plan = planAdmission({ ...wishes, waitedMs, behindOthers }, room);
    if (plan.kind === "grant") applicant.take(wishes.bytes);
    return plan;
  }

  #inOrder(): readonly Waiting[] {
    const hurry = ({ applicant }: Waiting) => Number(applicant.wishes()?.mayWait ?? false);
    return [...this.#waiting].sort((a, b) => hurry(b) - hurry(a) || a.sinceMs - b.sinceMs);
  }

  #leave(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
  }
}
