import { MIB } from "../base/units.js";
import type { ModelWorker, WorkerExit, WorkerSpawner } from "../workers/model-worker.js";
import type { MemoryProbe } from "./memory/memory-probe.js";
import { oomKillsIn } from "./memory/memory-probe.js";
import type { ProcessMemory } from "./memory/process-memory.js";

/** What a worker process holds at least before any model is in it; 16 to 18 MB were measured. */
export const BARE_WORKER_BYTES = 16 * MIB;

/** The process one model lives in, or several small ones share. */
export class WorkerHome {
  readonly name: string;
  readonly shared: boolean;
  readonly worker: ModelWorker;
  /** Ids of the models in it, those still loading included. */
  readonly residents = new Set<string>();
  /** As last measured. */
  memory: ProcessMemory | undefined;
  /** Shared homes: what the process holds beyond the shares of its models; departed ones leave something behind. */
  residueBytes: number;
  exit: WorkerExit | undefined;
  /** Set when we end it because it stopped answering. */
  hung = false;
  /** No model may move in any more. */
  closing = false;
  /** Loads take turns in a shared home, so that a difference of memory belongs to one of them. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #oomKillsBefore: Promise<number>;
  readonly #probe: MemoryProbe;

  constructor(options: {
    readonly name: string;
    readonly shared: boolean;
    readonly worker: ModelWorker;
    readonly probe: MemoryProbe;
    readonly onExit: (home: WorkerHome, exit: WorkerExit) => void;
  }) {
    this.name = options.name;
    this.shared = options.shared;
    this.residueBytes = options.shared ? BARE_WORKER_BYTES : 0;
    this.worker = options.worker;
    this.#probe = options.probe;
    this.#oomKillsBefore = this.#oomKills();
    void this.worker.exited.then((exit) => {
      this.exit = exit;
      this.hung ||= exit.hung === true;
      this.memory = undefined;
      options.onExit(this, exit);
    });
  }

  /** Runs after all tasks given before, whether those went well or not. */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Measures the process; undefined once it has gone. */
  async measure(): Promise<ProcessMemory | undefined> {
    const memory = await this.#probe.process(this.worker.pid);
    // It may have ended while its memory was read.
    this.memory = this.exit ? undefined : memory;
    return this.memory;
  }

  /** True when it was killed, and the kernel has killed for want of memory since it started. */
  async diedOfMemory(): Promise<boolean> {
    if (this.exit?.signal !== "SIGKILL" || this.exit.expected || this.hung) return false;
    return (await this.#oomKills()) > (await this.#oomKillsBefore);
  }

  async #oomKills(): Promise<number> {
    return oomKillsIn(await this.#probe.conditions());
  }
}

/** Name of the process that small models share; also tells the spawner to let it run at normal priority. */
const SHARED = "shared";

/** All worker processes of residency. */
export class WorkerHomes {
  readonly #spawner: WorkerSpawner;
  readonly #probe: MemoryProbe;
  readonly #onExit: (home: WorkerHome, exit: WorkerExit) => void;
  readonly #homes = new Set<WorkerHome>();

  constructor(options: {
    readonly spawner: WorkerSpawner;
    readonly probe: MemoryProbe;
    readonly onExit: (home: WorkerHome, exit: WorkerExit) => void;
  }) {
    this.#spawner = options.spawner;
    this.#probe = options.probe;
    this.#onExit = options.onExit;
  }

  /** Living ones. */
  all(): readonly WorkerHome[] {
    return [...this.#homes];
  }

  /** Whether a small model would find company. */
  hasShared(): boolean {
    return this.#openShared() !== undefined;
  }

  /** A place for a model: a process of its own, or the shared one. */
  moveIn(id: string, isolation: "own" | "shared"): WorkerHome {
    const home =
      (isolation === "shared" ? this.#openShared() : undefined) ??
      this.#spawn(isolation === "shared" ? SHARED : id, isolation === "shared");
    home.residents.add(id);
    return home;
  }

  /**
   * Gives the model's memory back; resolves once that is done: a home of its own ends, and so does a shared one with
   * its last model. Never rejects.
   * @param force without asking the process first
   */
  async moveOut(home: WorkerHome, id: string, { force }: { readonly force: boolean }): Promise<void> {
    home.residents.delete(id);
    if (home.residents.size === 0) {
      home.closing = true;
      if (force) home.worker.kill();
      await home.worker.stop();
      // Its end is told to all in one order: whoever waits here comes after the exit was handled.
      await home.worker.exited;
      return;
    }
    try {
      await home.worker.unload(id);
      await home.measure();
    } catch {
      // A worker that cannot even drop a model has gone or hangs; the others in it notice by themselves.
      await home.measure();
    }
  }

  /** Ends all at once and waits until they have gone. */
  async close(): Promise<void> {
    const homes = this.all();
    for (const home of homes) home.closing = true;
    await Promise.all(homes.map(({ worker }) => worker.stop()));
  }

  #openShared(): WorkerHome | undefined {
    return this.all().find(({ shared, closing, exit }) => shared && !closing && !exit);
  }

  #spawn(name: string, shared: boolean): WorkerHome {
    const home = new WorkerHome({
      name,
      shared,
      worker: this.#spawner.spawn(name),
      probe: this.#probe,
      onExit: (ended, exit) => {
        this.#homes.delete(ended);
        this.#onExit(ended, exit);
      },
    });
    this.#homes.add(home);
    return home;
  }
}
