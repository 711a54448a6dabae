import type { Clock } from "../base/clock.js";
import { InternalError, messageOf, VoiceError, WorkerError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { formatDuration } from "../base/units.js";
import { countFailure, FORGIVE_AFTER_MS, NO_FAILURES } from "./failures.js";
import type { FootprintBook, FootprintKey } from "./footprint-book.js";
import type { Resident } from "./resident.js";
import type { WorkerHome } from "./worker-home.js";

/** What to do when a model fails: remember it, say when to try again, and try again if somebody still wants it. */
export class Setbacks {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #book: FootprintBook;
  readonly #random: () => number;
  readonly #onRetry: (resident: Resident) => void;

  constructor(options: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly book: FootprintBook;
    readonly random: () => number;
    /** The wait of a model that is still wanted is over. */
    readonly onRetry: (resident: Resident) => void;
  }) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#book = options.book;
    this.#random = options.random;
    this.#onRetry = options.onRetry;
  }

  /** Puts the model into `failed`. @param how `refused` before it held memory, else `crashed` */
  record(resident: Resident, how: "refused" | "crashed", error: VoiceError): void {
    const nowMs = this.#clock.nowMs();
    const wasReady = resident.state.name === "ready";
    const { readySinceMs } = resident;
    if (wasReady && readySinceMs !== undefined && nowMs - readySinceMs > FORGIVE_AFTER_MS) {
      resident.failures = NO_FAILURES;
    }
    const { failures, retryAtMs } = countFailure(resident.failures, {
      error,
      wasReady,
      nowMs,
      random: this.#random(),
    });
    resident.failures = failures;
    resident.apply({ type: how, error, retryAtMs });
    this.#logger.warn(`${error.message.replace(/[.;,]?\s*$/, ".")} ${describeRetry(retryAtMs - nowMs)}`, {
      model: resident.id,
    });
    if (!resident.wanted || !Number.isFinite(retryAtMs)) return;
    resident.retryTimer?.cancel();
    resident.retryTimer = this.#clock.after(retryAtMs - nowMs, () => this.#onRetry(resident));
  }

  /** What really happened: a process killed for want of memory looks like any other that is gone. */
  async causeOf(
    resident: Resident,
    home: WorkerHome,
    key: FootprintKey | undefined,
    error: unknown,
  ): Promise<VoiceError> {
    const starved =
      (await home.diedOfMemory()) ||
      (error instanceof WorkerError &&
        error.code === "worker-out-of-memory" &&
        home.exit?.signal !== "SIGKILL");
    if (!starved) return asVoiceError(error);
    if (key) this.#book.recordOutOfMemory(key);
    return new WorkerError(
      "worker-out-of-memory",
      `${resident.title} was ended because memory ran out; from now on a quarter more is set aside for it.`,
      { cause: error },
    );
  }
}

/** The error itself, or one of ours that carries it. */
export function asVoiceError(error: unknown): VoiceError {
  if (error instanceof VoiceError) return error;
  return new InternalError("invariant-broken", messageOf(error), { cause: error });
}

function describeRetry(waitMs: number): string {
  if (!Number.isFinite(waitMs)) return "It is not tried again until somebody asks for it.";
  return waitMs > 0
    ? `It is tried again in ${formatDuration(waitMs)} at the earliest.`
    : "It is started again when needed.";
}
