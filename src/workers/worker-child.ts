import { type ChildProcess, fork } from "node:child_process";
import type { Clock } from "../base/clock.js";
import { toError } from "../base/errors.js";
import { LastLines } from "./last-lines.js";
import type { FromWorker, ToWorker } from "./protocol.js";
import { niceOf, type WorkerProgram, workerEnvironment } from "./worker-program.js";

/** How a child ended. Both are null when it could not be started. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Last lines it wrote to standard output or error. */
  readonly stderr: readonly string[];
}

export interface ChildOptions {
  readonly name: string;
  readonly program: WorkerProgram;
  readonly clock: Clock;
  /** Wait for the last words on standard error after the process has gone. Milliseconds. */
  readonly lastWordsMs: number;
  readonly onMessage: (message: FromWorker) => void;
}

/** One started process and its message channel; knows nothing of what is said. */
export class WorkerChild {
  /** 0 when the process could not be started. */
  readonly pid: number;
  /** Settles once the process has gone, never rejects. */
  readonly ended: Promise<ChildEnd>;
  readonly #output = new LastLines();
  readonly #child: ChildProcess | undefined;

  constructor(options: ChildOptions) {
    this.#child = this.#start(options);
    this.pid = this.#child?.pid ?? 0;
    this.ended = this.#child ? this.#watch(this.#child, options) : Promise.resolve(this.#end(null, null));
  }

  /** A message that cannot be delivered is dropped: the process is going, and its end answers everybody. */
  post(message: ToWorker): void {
    if (this.#child?.connected) this.#child.send(message, () => undefined);
  }

  /** Harmless after the end. */
  signal(name: "SIGTERM" | "SIGKILL"): void {
    this.#child?.kill(name);
  }

  #start({ name, program }: ChildOptions): ChildProcess | undefined {
    try {
      return fork(program.entry, [name, String(niceOf(name))], {
        execArgv: [...program.execArgv],
        env: workerEnvironment(program.env),
        serialization: "advanced",
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      });
    } catch (error) {
      this.#output.add(`${toError(error).message}\n`);
      return undefined;
    }
  }

  #watch(child: ChildProcess, { clock, lastWordsMs, onMessage }: ChildOptions): Promise<ChildEnd> {
    if (child.stdout) this.#output.follow(child.stdout);
    if (child.stderr) this.#output.follow(child.stderr);
    // Only our own program writes to this channel; a test at run time would repeat what the compiler checked.
    child.on("message", (message) => onMessage(message as FromWorker));
    return new Promise((resolve) => {
      child.on("error", (error) => {
        this.#output.add(`${error.message}\n`);
        // Errors of messages and signals come here too; only a process that never started has no pid.
        if (child.pid === undefined) resolve(this.#end(null, null));
      });
      child.once("exit", (code, signal) => {
        const settle = () => {
          timer.cancel();
          resolve(this.#end(code, signal));
        };
        // Standard error may hold more than has been read, but a grandchild may also keep it open for ever.
        const timer = clock.after(lastWordsMs, settle);
        child.once("close", settle);
      });
    });
  }

  #end(code: number | null, signal: NodeJS.Signals | null): ChildEnd {
    return { code, signal, stderr: this.#output.lines() };
  }
}
