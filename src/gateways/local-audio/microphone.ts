import { type Clock, sleep } from "../../base/clock.js";
import type { Logger } from "../../base/logger.js";
import type { AudioBackend, BackendName } from "./backend.js";
import { type DeviceWatch, type HearingListener, hear } from "./hearing.js";
import type { Surroundings } from "./sound-process.js";

/** Where a microphone stands. */
export type MicrophoneState =
  | { readonly name: "off" }
  /** Not heard yet, or just now tried again. */
  | { readonly name: "starting" }
  | { readonly name: "works"; readonly backend: BackendName }
  | { readonly name: "failing"; readonly reason: string };

export interface MicrophoneParts {
  /** Best first. */
  readonly backends: readonly AudioBackend[];
  /** Empty: the default one. */
  readonly device: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly surroundings: Surroundings;
  /** Looks after a device that may be changed for another without a word; undefined where that cannot be. */
  readonly watch: (backend: AudioBackend, end: (reason: string) => void) => DeviceWatch | undefined;
  readonly onSound: HearingListener["onSound"];
  readonly onChange: () => void;
}

/** First wait before a microphone is tried again, doubled until the longest. */
const RETRY_MS = { first: 1_000, longest: 30_000 } as const;

/** The microphone of this machine: recorded by the first backend that works, and again when it has come back. */
export class Microphone {
  readonly #parts: MicrophoneParts;
  #state: MicrophoneState = { name: "off" };
  #running: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  #gaps = 0;
  #lostMs = 0;

  constructor(parts: MicrophoneParts) {
    this.#parts = parts;
  }

  get state(): MicrophoneState {
    return this.#state;
  }

  /** Times that sound was lost since the start, and how much of it. */
  get lost(): { readonly gaps: number; readonly ms: number } {
    return { gaps: this.#gaps, ms: this.#lostMs };
  }

  start(): void {
    if (this.#running) return;
    const stop = new AbortController();
    this.#enter({ name: "starting" });
    this.#running = { stop, done: this.#run(stop.signal) };
  }

  /** Resolves once nothing records any more. Idempotent. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    running.stop.abort();
    this.#enter({ name: "off" });
    await running.done;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    let waitMs: number = RETRY_MS.first;
    while (!signal.aborted) {
      const { worked, reason } = await this.#tryAll(signal);
      if (signal.aborted) return;
      // Once for each time it went, not for every try.
      const isNews = this.#state.name !== "failing";
      this.#enter({ name: "failing", reason });
      log[isNews ? "warn" : "debug"](
        `${worked ? "The microphone is gone" : "No microphone can be used"}: ${reason}. It is tried again until it works.`,
      );
      waitMs = worked ? RETRY_MS.first : waitMs;
      await sleep(clock, waitMs, signal).catch(() => undefined);
      waitMs = Math.min(RETRY_MS.longest, waitMs * 2);
    }
  }

  /** Records by the first backend that gives sound, to its end; else tells why none of them does. */
  async #tryAll(signal: AbortSignal): Promise<{ readonly worked: boolean; readonly reason: string }> {
    const { backends, device, clock, surroundings, log, watch, onSound } = this.#parts;
    const reasons: string[] = [];
    for (const backend of backends) {
      if (signal.aborted) break;
      const heard = await hear(
        backend,
        device,
        { clock, surroundings, signal, watch: (end) => watch(backend, end) },
        {
          onSound,
          onGap: ({ lostMs }) => {
            this.#gaps += 1;
            this.#lostMs += lostMs;
            log.debug("Sound of the microphone was lost", { lostMs });
            this.#parts.onChange();
          },
          onWorks: () => {
            const others = reasons.length > 0 ? ` (${reasons.join("; ")})` : "";
            log.info(`The microphone ${device || "of this machine"} works through ${backend.title}${others}`);
            this.#enter({ name: "works", backend: backend.name });
          },
        },
      );
      if (heard.worked) return heard;
      reasons.push(`${backend.name}: ${heard.reason}`);
    }
    return { worked: false, reason: reasons.join("; ") };
  }

  #enter(state: MicrophoneState): void {
    this.#state = state;
    this.#parts.onChange();
  }
}
