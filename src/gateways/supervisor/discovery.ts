import type { Clock, Timer } from "../../base/clock.js";
import { messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import { type SupervisorApi, SupervisorRefusal } from "./api.js";

const FIRST_WAIT_MS = 5_000;
const MAX_WAIT_MS = 300_000;

/**
 * Tells the Supervisor where the Wyoming port is, so that Home Assistant offers to set it up. The Supervisor keeps one
 * address for an add-on and passes it on whenever Home Assistant is there to hear it; saying it again changes nothing.
 */
export class WyomingDiscovery {
  readonly #api: SupervisorApi;
  readonly #clock: Clock;
  readonly #log: Logger;
  #uri: string | undefined;
  #timer: Timer | undefined;
  #closed = false;

  constructor({
    api,
    clock,
    log,
  }: { readonly api: SupervisorApi; readonly clock: Clock; readonly log: Logger }) {
    this.#api = api;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Announces `tcp://host:port`, again and again until the Supervisor has taken it. The same address a second time is
   * not sent; another one takes its place. Never rejects; resolves after the first attempt.
   */
  async announce(uri: string): Promise<void> {
    if (this.#closed || uri === this.#uri) return;
    this.#uri = uri;
    this.#timer?.cancel();
    await this.#attempt(uri, 1);
  }

  /** Ends the attempts. What was announced stays: Home Assistant keeps its set-up over a restart of ours. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  async #attempt(uri: string, attempt: number): Promise<void> {
    try {
      await this.#api.post("/discovery", { service: "wyoming", config: { uri } });
      this.#log.info(`Home Assistant is told of ${uri}`);
    } catch (error) {
      if (this.#closed || uri !== this.#uri) return;
      if (isForGood(error)) {
        this.#log.warn(`Home Assistant cannot be told of ${uri}: ${messageOf(error)}. ${BY_HAND}`);
        return;
      }
      const waitMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(16, attempt - 1));
      const line = `Home Assistant is not told of ${uri} yet: ${messageOf(error)}. Next try in ${waitMs / 1000} s.`;
      if (attempt === 1) this.#log.warn(line);
      else this.#log.debug(line);
      this.#timer = this.#clock.after(waitMs, () => void this.#attempt(uri, attempt + 1));
    }
  }
}

const BY_HAND = "Add the Wyoming Protocol integration by hand, with this address.";

/** A missing right or token does not come by waiting. */
const isForGood = (error: unknown): boolean =>
  error instanceof SupervisorRefusal && (error.status === 401 || error.status === 403);
