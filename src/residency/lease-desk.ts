import { SessionError } from "../base/errors.js";
import { FORGIVE_AFTER_MS, NO_FAILURES } from "./failures.js";
import type { Lease, LeaseOptions } from "./lease.js";
import type { Machinery } from "./machinery.js";
import { leasesOf } from "./model-state.js";
import { MAX_WAITERS } from "./residency-options.js";
import type { Resident } from "./resident.js";
import { noteUse } from "./use-likelihood.js";

/** Hands out leases and takes them back. */
export class LeaseDesk {
  readonly #machinery: Machinery;
  /** While one model replaces another for want of room for both: who asks for the old gets the new. */
  readonly #replacements = new Map<string, string>();

  constructor(machinery: Machinery) {
    this.#machinery = machinery;
  }

  /** @throws as `ModelLeaser.lease` */
  async lease(id: string, { deadlineMs, signal, rehearsal = false }: LeaseOptions): Promise<Lease> {
    const { clock } = this.#machinery;
    const asked = this.#machinery.resident(id);
    const untilMs = clock.monotonicMs() + deadlineMs;
    signal?.throwIfAborted();
    if (asked.waiters >= MAX_WAITERS) {
      throw new SessionError("busy", `${asked.title} has ${MAX_WAITERS} requests waiting; try again later.`);
    }
    // Counted until it has its lease, so that the model does not leave between getting ready and being leased.
    asked.waiters += 1;
    try {
      for (;;) {
        const resident = this.#replaced(asked);
        if (resident.state.name === "ready") return this.#grant(resident, !rehearsal);
        await this.#waitFor(resident, asked, untilMs, signal);
      }
    } finally {
      asked.waiters -= 1;
    }
  }

  /** Until `restore`, who asks for the old model gets the new one. */
  replace(oldId: string, newId: string): void {
    this.#replacements.set(oldId, newId);
  }

  restore(oldId: string): void {
    this.#replacements.delete(oldId);
  }

  #replaced(asked: Resident): Resident {
    const replacement = this.#replacements.get(asked.id);
    return (replacement !== undefined ? this.#machinery.find(replacement) : undefined) ?? asked;
  }

  async #waitFor(
    resident: Resident,
    asked: Resident,
    untilMs: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { clock, flights } = this.#machinery;
    this.#machinery.checkOpen();
    const { state } = resident;
    if (state.name === "failed" && clock.nowMs() < state.retryAtMs) throw state.error;
    if (!resident.flight) resident.reason = "asked by a request";
    const limitMs = untilMs - clock.monotonicMs();
    try {
      await flights.wait(
        resident,
        { mayEvict: "anyone", mayWait: true },
        { limitMs, ...(signal && { signal }) },
      );
    } catch (error) {
      // The new model could not take the old one's place: the old one comes back, and this request waits for it.
      const inTime = clock.monotonicMs() < untilMs && !signal?.aborted;
      if (resident !== asked && inTime) this.restore(asked.id);
      else throw error;
    }
  }

  #grant(resident: Resident, isUse: boolean): Lease {
    const { id, home, loaded } = resident;
    if (!home || !loaded) throw new SessionError("cancelled", `${resident.title} has just left memory.`);
    resident.idleTimer?.cancel();
    if (isUse) this.#noteUse(resident);
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
        if (resident.loaded === loaded && leasesOf(resident.state) > 0) this.#release(resident, isUse);
      },
    };
  }

  #release(resident: Resident, isUse: boolean): void {
    const { clock, departures, idle, admission } = this.#machinery;
    if (isUse) this.#noteUse(resident);
    const nowMs = clock.nowMs();
    if (nowMs - (resident.readySinceMs ?? nowMs) > FORGIVE_AFTER_MS) resident.failures = NO_FAILURES;
    resident.apply({ type: "release" });
    if (resident.state.name === "draining" && resident.state.leases === 0) departures.retire(resident);
    else idle.start(resident);
    this.#machinery.shed();
    admission.decide();
  }

  #noteUse(resident: Resident): void {
    const nowMs = this.#machinery.clock.nowMs();
    resident.usedSinceReady = true;
    resident.uses = noteUse(resident.uses, nowMs, new Date(nowMs).getHours());
  }
}
