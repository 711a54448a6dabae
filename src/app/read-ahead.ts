import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";

/** What reading ahead needs of residency. */
export interface ReadingResidency {
  /** Reads files of models that are not in memory, unless memory is short. @throws the signal's reason */
  warmFiles(models: readonly string[], signal: AbortSignal): Promise<void>;
  on(name: "model", listener: (view: { readonly id: string; readonly state: string }) => void): () => void;
}

/** Has the files of models read that are likely to load soon, while nobody else needs the disk. */
export class ReadAhead {
  readonly #residency: ReadingResidency;
  readonly #log: Logger;
  readonly #closed = new AbortController();

  constructor(residency: ReadingResidency, log: Logger) {
    this.#residency = residency;
    this.#log = log;
  }

  /**
   * Reads the next model's files once the one before it has read its own: its warm-up needs the processor only.
   * @returns a function that gives it up, also in the middle
   */
  behind(model: string, next: string | undefined): () => void {
    if (next === undefined) return () => undefined;
    const left = new AbortController();
    const stop = this.#residency.on("model", ({ id, state }) => {
      if (id !== model || state !== "warming") return;
      stop();
      void this.now([next], left.signal);
    });
    return () => {
      stop();
      left.abort(new Error("its turn has come"));
    };
  }

  /** Reads now. Never rejects: at worst a load is a little slower. */
  async now(models: readonly string[], signal?: AbortSignal): Promise<void> {
    const { signal: closed } = this.#closed;
    try {
      await this.#residency.warmFiles(models, signal ? AbortSignal.any([signal, closed]) : closed);
    } catch (error) {
      this.#log.debug(`Reading ahead of ${models.join(", ")} ended early: ${messageOf(error)}`);
    }
  }

  close(): void {
    this.#closed.abort(new Error("the program is stopping"));
  }
}
