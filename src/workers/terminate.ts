import { type Clock, sleep } from "../base/clock.js";

/** How long each step of ending a worker may take before the next, harder one. Milliseconds. */
export interface Patience {
  readonly askMs: number;
  readonly sigtermMs: number;
}

export const DEFAULT_PATIENCE: Patience = { askMs: 2000, sigtermMs: 1000 };

/** The parts of a process the ladder needs. */
export interface Terminable {
  /** Sends the request to end by itself. */
  ask(): void;
  signal(name: "SIGTERM" | "SIGKILL"): void;
  /** Settles once the process has gone. */
  readonly exited: Promise<unknown>;
}

/**
 * Ends a process: asks, then SIGTERM, then SIGKILL, each after its own deadline. Resolves once the process has gone.
 * The wait after SIGKILL has no limit because there is nothing stronger left, and memory counts as held until then.
 */
export async function terminate(target: Terminable, clock: Clock, patience: Patience): Promise<void> {
  target.ask();
  if (await leaves(target, clock, patience.askMs)) return;
  target.signal("SIGTERM");
  if (await leaves(target, clock, patience.sigtermMs)) return;
  target.signal("SIGKILL");
  await target.exited;
}

/** @returns whether the process went within the time. */
async function leaves({ exited }: Terminable, clock: Clock, limitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(clock, limitMs, timer.signal).then(
    () => false,
    () => true,
  );
  const gone = await Promise.race([exited.then(() => true), late]);
  timer.abort();
  return gone;
}
