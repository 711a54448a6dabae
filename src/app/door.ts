import type { Clock, Timer } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";

const TRY_AGAIN_MS = 10_000;

/** Something that listens. A port that is taken does not keep the program from running: it is tried again until free. */
export class Door {
  readonly #open: () => Promise<void>;
  readonly #close: () => Promise<void>;
  readonly #clock: Clock;
  readonly #log: Logger;
  #timer: Timer | undefined;
  #isOpen = false;
  #closed = false;
  #complained = false;

  constructor(parts: {
    readonly open: () => Promise<void>;
    readonly close: () => Promise<void>;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#open = parts.open;
    this.#close = parts.close;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Tries once before it resolves; never rejects. */
  async open(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#open();
      this.#isOpen = true;
    } catch (error) {
      const line = `${messageOf(error)} Trying again every ${TRY_AGAIN_MS / 1000} s.`;
      if (this.#complained) this.#log.debug(line);
      else this.#log.error(line);
      this.#complained = true;
      this.#timer = this.#clock.after(TRY_AGAIN_MS, () => void this.open());
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    if (this.#isOpen) await this.#close();
  }
}
