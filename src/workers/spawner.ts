import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { ModelWorker, WorkerSpawner } from "./model-worker.js";
import { DEFAULT_LIMITS, type WorkerLimits, WorkerProcess } from "./worker-process.js";
import type { WorkerProgram } from "./worker-program.js";

/** Starts workers as child processes of this one. */
export class ProcessSpawner implements WorkerSpawner {
  readonly #program: WorkerProgram;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: WorkerLimits;

  constructor(options: {
    readonly program: WorkerProgram;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly limits?: Partial<WorkerLimits>;
  }) {
    this.#program = options.program;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  spawn(name: string): ModelWorker {
    return new WorkerProcess({
      name,
      program: this.#program,
      clock: this.#clock,
      logger: this.#logger,
      limits: this.#limits,
    });
  }
}
