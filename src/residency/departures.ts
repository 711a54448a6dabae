import type { Clock } from "../base/clock.js";
import { SessionError, type VoiceError, WorkerError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { exitError } from "../workers/exit-reason.js";
import type { WorkerExit } from "../workers/model-worker.js";
import { leasesOf } from "./model-state.js";
import type { Resident } from "./resident.js";
import type { Eviction } from "./resident-model.js";
import type { Setbacks } from "./setbacks.js";
import type { WorkerHome, WorkerHomes } from "./worker-home.js";

/** How models leave memory: asked to, or by a crash. Memory counts as free only once the process has gone. */
export class Departures {
  readonly #residents: readonly Resident[];
  readonly #homes: WorkerHomes;
  readonly #setbacks: Setbacks;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onEvicted: (eviction: Eviction) => void;
  readonly #onFreed: () => void;

  constructor(options: {
    readonly residents: readonly Resident[];
    readonly homes: WorkerHomes;
    readonly setbacks: Setbacks;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly onEvicted: (eviction: Eviction) => void;
    readonly onFreed: () => void;
  }) {
    this.#residents = options.residents;
    this.#homes = options.homes;
    this.#setbacks = options.setbacks;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#onEvicted = options.onEvicted;
    this.#onFreed = options.onFreed;
  }

  /**
   * Sends a model away: at once when nobody uses it, else after its last user, who is not disturbed.
   * @param limitMs after which users are not waited for any longer
   */
  evict(resident: Resident, why: string, limitMs?: number): void {
    const { state, home, flight } = resident;
    if (!home || state.name === "cold" || state.name === "failed" || state.name === "draining") return;
    const duringLoad = state.name === "loading" || state.name === "warming";
    resident.idleTimer?.cancel();
    resident.apply({ type: "evict" });
    this.#onEvicted({ model: resident.id, bytes: state.bytes, why });
    this.#logger.info(`Unloading ${resident.title}: ${why}`, { model: resident.id });
    if (duringLoad) {
      // Whoever brings it up notices, and gives its memory back.
      flight?.abort.abort(new SessionError("cancelled", `${resident.title} was unloaded while it loaded.`));
      if (!home.shared) home.worker.kill();
      return;
    }
    if (leasesOf(resident.state) === 0) this.retire(resident);
    else if (limitMs !== undefined) {
      resident.drainTimer = this.#clock.after(limitMs, () => this.#retireBy(resident, home, true));
    }
  }

  /** Ends the stay of a draining model that nobody uses any more. */
  retire(resident: Resident): void {
    if (resident.home) void this.#retireBy(resident, resident.home, false);
  }

  /** A process has ended, asked to or not. */
  ended(home: WorkerHome, exit: WorkerExit): void {
    for (const resident of this.#residents.filter((each) => each.home === home)) {
      switch (resident.state.name) {
        case "draining":
          this.#settle(resident);
          break;
        case "ready":
          if (exit.expected && home.closing) {
            resident.apply({ type: "evict" });
            this.#settle(resident);
          } else {
            void this.#crashed(resident, home, exit);
          }
          break;
        default:
        // While it loads, whoever brings it up notices.
      }
    }
    this.#onFreed();
  }

  async #retireBy(resident: Resident, home: WorkerHome, force: boolean): Promise<void> {
    const { loaded } = resident;
    await this.#homes.moveOut(home, resident.id, { force });
    // In a home of its own its end was handled already.
    if (resident.state.name === "draining" && resident.loaded === loaded) this.#settle(resident);
    this.#onFreed();
  }

  #settle(resident: Resident): void {
    resident.moveOut();
    resident.apply({ type: leasesOf(resident.state) > 0 ? "crashed" : "exited", ...ENDED });
  }

  async #crashed(resident: Resident, home: WorkerHome, exit: WorkerExit): Promise<void> {
    const { key } = resident;
    home.residents.delete(resident.id);
    const error = home.hung ? hungError(resident) : exitError(resident.title, exit);
    this.#setbacks.record(resident, "crashed", error);
    resident.moveOut();
    const cause = await this.#setbacks.causeOf(resident, home, key, error);
    // The state had to change at once; the better explanation comes after a look at the kernel's counters.
    if (cause !== error && resident.state.name === "failed") {
      resident.apply({ type: "refused", error: cause, retryAtMs: resident.state.retryAtMs });
    }
  }
}

/** For `crashed` of a draining model, which goes to `cold` and keeps no error. */
const ENDED = { error: new WorkerError("worker-crashed", "The model was unloaded."), retryAtMs: 0 };

function hungError({ title }: Resident): VoiceError {
  return new WorkerError("worker-hung", `${title} stopped answering and was ended.`);
}
