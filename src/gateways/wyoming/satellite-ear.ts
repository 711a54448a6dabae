import type { Clock, Timer } from "../../base/clock.js";
import { messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { WakeHit } from "../../engines/capability.js";
import type { BoardAudio } from "../../sessions/board-audio.js";
import type { VoiceSessions, WakeSession } from "../../sessions/voice.js";

/** Time before a detector that failed is asked for again. */
const AGAIN_MS = 10_000;

/** Listens for wake words in the board's microphone, for as long as somebody wants to know. */
export class SatelliteEar {
  readonly #board: BoardAudio;
  readonly #voice: VoiceSessions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #words: readonly string[];
  readonly #onHit: (hit: WakeHit) => void;
  #session: WakeSession | undefined;
  #again: Timer | undefined;
  #closed = false;

  constructor(
    {
      board,
      voice,
      clock,
      log,
      words,
    }: {
      readonly board: BoardAudio;
      readonly voice: VoiceSessions;
      readonly clock: Clock;
      readonly log: Logger;
      readonly words: readonly string[];
    },
    onHit: (hit: WakeHit) => void,
  ) {
    this.#board = board;
    this.#voice = voice;
    this.#clock = clock;
    this.#log = log;
    this.#words = words;
    this.#onHit = onHit;
  }

  hear(pcm: Uint8Array): void {
    if (this.#closed || this.#again) return;
    this.#session ??= this.#open();
    this.#session.accept(this.#board.format, pcm);
  }

  close(): void {
    this.#closed = true;
    this.#again?.cancel();
    this.#session?.close();
  }

  #open(): WakeSession {
    return this.#voice.detectWake({
      origin: { gateway: "microphone" },
      words: this.#words,
      onDetection: (hit) => {
        if (!this.#closed) this.#onHit(hit);
      },
      onError: (error) => {
        this.#log.warn(`Wake words are not heard at the board: ${messageOf(error)}`);
        this.#session = undefined;
        this.#again = this.#clock.after(AGAIN_MS, () => {
          this.#again = undefined;
        });
      },
    });
  }
}
