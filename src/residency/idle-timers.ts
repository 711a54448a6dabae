import type { Clock } from "../base/clock.js";
import { formatDuration } from "../base/units.js";
import type { Resident } from "./resident.js";

/** Sends models away that nobody has used for as long as they are kept. */
export class IdleTimers {
  readonly #clock: Clock;
  readonly #leave: (resident: Resident, why: string) => void;

  constructor(clock: Clock, leave: (resident: Resident, why: string) => void) {
    this.#clock = clock;
    this.#leave = leave;
  }

  /** Starts the idle time anew, unless the model is in use, pinned or kept for ever. */
  start(resident: Resident): void {
    resident.idleTimer?.cancel();
    const { keepAliveSeconds } = resident;
    if (keepAliveSeconds < 0 || !isIdle(resident)) return;
    const leave = () => {
      if (isIdle(resident)) this.#leave(resident, `unused for ${formatDuration(keepAliveSeconds * 1000)}`);
    };
    if (keepAliveSeconds > 0) resident.idleTimer = this.#clock.after(keepAliveSeconds * 1000, leave);
    // One that leaves at once was loaded for somebody: it stays until then.
    else if (resident.usedSinceReady) leave();
  }
}

function isIdle({ state, users, pinned }: Resident): boolean {
  return state.name === "ready" && users === 0 && !pinned;
}
