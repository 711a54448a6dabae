import type { Clock } from "../base/clock.js";
import { withDeadline } from "../base/deadline.js";
import { messageOf, SessionError } from "../base/errors.js";
import { type Logger, silentLogger } from "../base/logger.js";
import type { ModelManifest } from "../catalog/manifest.js";
import { WYOMING_LIMITS } from "../gateways/wyoming/options.js";
import { rehearse } from "../gateways/wyoming/rehearse.js";
import type { ModelLeaser } from "../residency/lease.js";
import { warmUpPhrase } from "../residency/warm-up-phrases.js";
import type { VoiceSessions } from "../sessions/voice.js";
import { identity } from "./wyoming-doors.js";

/** A busy board takes a second; nobody shall wait longer for what is only a convenience. */
const LIMIT_MS = 10_000;

/** Leases that do not count as uses. */
export function rehearsing(leaser: ModelLeaser): ModelLeaser {
  return {
    lease: (model, options) => leaser.lease(model, { ...options, rehearsal: true }),
    isReady: (model) => leaser.isReady(model),
    prefetch: () => undefined,
  };
}

/** Treads the way of the first request: models are warm by then, the program around them is not. */
export class Rehearsal {
  readonly #voice: VoiceSessions;
  readonly #offered: readonly ModelManifest[];
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #closed = new AbortController();

  /** @param parts.voice sessions whose requests are not counted */
  constructor(parts: {
    readonly voice: VoiceSessions;
    readonly offered: readonly ModelManifest[];
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#voice = parts.voice;
    this.#offered = parts.offered;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Has each of these voices speak for nobody. Never rejects, and takes no longer than some seconds. */
  async run(voices: readonly ModelManifest[]): Promise<void> {
    const late = new AbortController();
    const tools = {
      voice: this.#voice,
      manifests: () => this.#offered,
      clock: this.#clock,
      log: silentLogger,
      options: {
        host: "127.0.0.1",
        port: 0,
        program: identity("Irene"),
        endpointing: false,
        transcriptStreaming: false,
        synthesizeStreaming: true,
        limits: WYOMING_LIMITS,
      },
    };
    const speech = voices.map(({ id, provider, languages: [language] }) => ({
      name: id.slice(provider.length + 1),
      language,
      text: warmUpPhrase(language),
    }));
    const signal = AbortSignal.any([this.#closed.signal, late.signal]);
    try {
      await withDeadline(rehearse(tools, speech, signal), {
        clock: this.#clock,
        limitMs: LIMIT_MS,
        late: () => new SessionError("deadline", "it took too long"),
      });
    } catch (error) {
      this.#log.debug(`The rehearsal of requests ended early: ${messageOf(error)}`);
    } finally {
      late.abort(new SessionError("cancelled", "The rehearsal is over."));
    }
  }

  close(): void {
    this.#closed.abort(new SessionError("cancelled", "The program is stopping."));
  }
}
