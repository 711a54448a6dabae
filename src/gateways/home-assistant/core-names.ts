import { type Clock, sleep, type Timer } from "../../base/clock.js";
import { messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import { countNames, type HomeNames } from "../../home/names.js";
import { type CoreAddress, CoreSocket } from "./core-socket.js";
import { readExposed, readNames } from "./read-names.js";

/** Events after which something may be called otherwise. Exposure of what is in the registry counts as its change. */
const EVENTS = [
  "entity_registry_updated",
  "device_registry_updated",
  "area_registry_updated",
  "floor_registry_updated",
  "homeassistant_started",
];

/** Renaming a device renames its entities one by one: what comes within this is read once. */
const GATHER_MS = 1_000;
/** Exposing what has no entry in the registry is told by no event. */
const LOOK_MS = 60_000;
/** Names given in YAML change without an event as well; every so many looks all is read. */
const LOOKS_PER_READ = 10;
const FIRST_WAIT_MS = 2_000;
const MAX_WAIT_MS = 120_000;

/** How it stands with Home Assistant, in one word and one sentence. */
export interface CoreNamesState {
  readonly connected: boolean;
  /** Why not, or why names may be old. */
  readonly problem?: string;
}

/**
 * The names a Home Assistant has exposed to voice, kept up to date for as long as it is open. The names known last stay
 * while Home Assistant is away.
 */
export class CoreNames {
  readonly #address: CoreAddress;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onNames: (names: HomeNames) => void;
  readonly #stop = new AbortController();
  #last: string | undefined;
  #running: Promise<void> | undefined;
  #state: CoreNamesState = { connected: false };

  constructor({
    address,
    clock,
    log,
    onNames,
  }: {
    readonly address: CoreAddress;
    readonly clock: Clock;
    readonly log: Logger;
    /** Told of the names at first and after each change. */
    readonly onNames: (names: HomeNames) => void;
  }) {
    this.#address = address;
    this.#clock = clock;
    this.#log = log;
    this.#onNames = onNames;
  }

  get state(): CoreNamesState {
    return this.#state;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Connects again and again; never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        await this.#visit(() => {
          failures = 0;
        });
      } catch (error) {
        if (signal.aborted) return;
        const waitMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(16, Math.max(0, failures - 1)));
        const problem = messageOf(error);
        // A restart of Home Assistant is no news; that it never let us in is.
        const line = `The home's names are not up to date: ${problem} Next try in ${waitMs / 1000} s.`;
        if (failures === 2 || (failures === 1 && this.#last === undefined)) this.#log.warn(line);
        else this.#log.debug(line);
        this.#state = { connected: false, problem };
        await sleep(this.#clock, waitMs, signal).catch(() => undefined);
      }
    }
  }

  /** One connection from its beginning to its end. @throws {HomeError} the end */
  async #visit(entered: () => void): Promise<never> {
    const { signal } = this.#stop;
    const news = new News();
    const onEvent = () => news.tell();
    const socket = await CoreSocket.open({ address: this.#address, clock: this.#clock, signal, onEvent });
    const leave = () => socket.close();
    signal.addEventListener("abort", leave, { once: true });
    void socket.closed.then(() => news.tell());
    let timer: Timer | undefined;
    try {
      // Before the first read, so that no change falls between the two.
      for (const event_type of EVENTS) await socket.call("subscribe_events", { event_type });
      let exposed: string | undefined;
      for (let look = 0; ; look += 1) {
        const listed = await readExposed(socket);
        const changed = JSON.stringify(listed) !== exposed;
        if (news.take() || changed || look % LOOKS_PER_READ === 0) {
          this.#report(await readNames(socket, listed));
          exposed = JSON.stringify(listed);
          entered();
          this.#state = { connected: true };
        }
        timer = this.#clock.after(LOOK_MS, () => news.wake());
        await news.wait();
        timer.cancel();
        if (news.there) await Promise.race([sleep(this.#clock, GATHER_MS, signal), socket.closed]);
      }
    } finally {
      timer?.cancel();
      signal.removeEventListener("abort", leave);
      socket.close();
    }
  }

  #report(names: HomeNames): void {
    const content = JSON.stringify(names);
    if (content === this.#last) return;
    this.#last = content;
    this.#log.info(`Home Assistant has exposed ${countNames(names)} names to voice`);
    this.#onNames(names);
  }
}

/** Whether something happened, for one who waits for it. */
class News {
  #there = false;
  #wake: (() => void) | undefined;

  get there(): boolean {
    return this.#there;
  }

  tell(): void {
    this.#there = true;
    this.wake();
  }

  /** Ends the wait although nothing happened. */
  wake(): void {
    this.#wake?.();
  }

  take(): boolean {
    const there = this.#there;
    this.#there = false;
    return there;
  }

  async wait(): Promise<void> {
    if (this.#there) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}
