import type { Clock } from "../base/clock.js";
import { withDeadline } from "../base/deadline.js";
import { BudgetError, SessionError } from "../base/errors.js";
import { formatDuration } from "../base/units.js";
import type { Flight, Resident, Want } from "./resident.js";

/** Runs of models from cold to ready: at most one for each model, shared by all who want it. */
export class Flights {
  readonly #clock: Clock;
  readonly #run: (resident: Resident, flight: Flight) => Promise<void>;
  readonly #onWishes: () => void;

  constructor(options: {
    readonly clock: Clock;
    /** Brings the model up; once for each flight. */
    readonly run: (resident: Resident, flight: Flight) => Promise<void>;
    /** Somebody joined or left, and what a flight may do has changed. */
    readonly onWishes: () => void;
  }) {
    this.#clock = options.clock;
    this.#run = options.run;
    this.#onWishes = options.onWishes;
  }

  /** Joins the model's flight, or starts it. */
  join(resident: Resident, want: Want): Flight {
    if (resident.flight) {
      resident.flight.wants.add(want);
      // Somebody in a hurry may have joined those who were not.
      this.#onWishes();
      return resident.flight;
    }
    const flight: Flight = {
      promise: Promise.resolve(),
      wants: new Set([want]),
      abort: new AbortController(),
      stage: "files",
    };
    resident.flight = flight;
    resident.retryTimer?.cancel();
    flight.promise = this.#fly(resident, flight);
    // Those who wait hear of a failure; with nobody waiting the model's state tells.
    flight.promise.catch(() => undefined);
    return flight;
  }

  /**
   * Joins and waits. Who runs out of patience leaves; the flight goes on for the others, and for the model's sake once
   * it has memory.
   * @throws {SessionError} `deadline` {BudgetError} `over-budget` when time is up, and what the flight throws
   */
  async wait(
    resident: Resident,
    want: Want,
    { limitMs, signal }: { readonly limitMs: number; readonly signal?: AbortSignal },
  ): Promise<void> {
    const flight = this.join(resident, want);
    const late = () => tooLate(resident, flight, limitMs);
    try {
      await withDeadline(flight.promise, { clock: this.#clock, limitMs, late, ...(signal && { signal }) });
    } finally {
      flight.wants.delete(want);
      if (flight.wants.size === 0) this.#onWishes();
    }
  }

  async #fly(resident: Resident, flight: Flight): Promise<void> {
    try {
      await this.#run(resident, flight);
    } finally {
      // Before the promise settles, so that whoever comes next starts anew.
      resident.flight = undefined;
    }
  }
}

function tooLate({ title }: Resident, { stage }: Flight, limitMs: number): Error {
  const waited = `${title} was not ready within ${formatDuration(limitMs)}`;
  if (stage === "memory") {
    return new BudgetError("over-budget", `${waited}: other models in use hold the memory. Try again later.`);
  }
  const doing = stage === "files" ? "its files are still being fetched" : "it is still loading";
  return new SessionError("deadline", `${waited}: ${doing}. Try again later.`);
}
