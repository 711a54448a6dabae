import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { ModelLeaser } from "../residency/lease.js";
import { untilAborted } from "./until-aborted.js";
import type { Utterance } from "./utterance.js";

/** Speech probabilities of an utterance, found while it arrives. */
export interface SpeechProbabilities {
  readonly frameSamples: number;
  readonly probabilities: Float32Array;
}

export interface EndOfSpeech {
  readonly threshold: number;
  /** Speech this long must have been heard before silence counts. */
  readonly minSpeechSeconds: number;
  /** Silence this long ends the utterance. */
  readonly silenceSeconds: number;
  /** Called once. Must not throw. */
  readonly onEnd: () => void;
}

const VAD_DEADLINE_MS = 15_000;

/** Runs voice detection beside an utterance. Without a detector the result is undefined and the utterance goes untrimmed. */
export class SpeechWatch {
  readonly #leaser: ModelLeaser;
  readonly #model: string;
  readonly #log: Logger;

  constructor({ leaser, model, log }: { leaser: ModelLeaser; model: string; log: Logger }) {
    this.#leaser = leaser;
    this.#model = model;
    this.#log = log;
  }

  /** Follows the utterance to its end. Never rejects. */
  async follow(
    utterance: Utterance,
    signal: AbortSignal,
    endOfSpeech?: EndOfSpeech,
  ): Promise<SpeechProbabilities | undefined> {
    try {
      return await this.#follow(utterance, signal, endOfSpeech);
    } catch (error) {
      if (!signal.aborted)
        this.#log.warn(`Voice detection is not available: ${messageOf(error)}`, { model: this.#model });
      return undefined;
    }
  }

  async #follow(
    utterance: Utterance,
    signal: AbortSignal,
    endOfSpeech?: EndOfSpeech,
  ): Promise<SpeechProbabilities | undefined> {
    const lease = await this.#leaser.lease(this.#model, { signal, deadlineMs: VAD_DEADLINE_MS });
    try {
      if (lease.loaded.capability !== "vad") return undefined;
      const { frameSamples } = lease.loaded;
      signal.throwIfAborted();
      const opening = lease.worker.openVoiceDetector(lease.model);
      const channel = await untilAborted(opening, signal, (late) => late.cancel());
      const heard: number[] = [];
      const end = endOfSpeech ? endDetector(endOfSpeech, frameSamples) : () => false;
      try {
        for await (const piece of utterance.read(signal)) {
          const found = await untilAborted(channel.accept(piece), signal);
          for (const probability of found) heard.push(probability);
          if (found.length > 0 && end(found)) endOfSpeech?.onEnd();
        }
      } finally {
        channel.cancel();
      }
      return { frameSamples, probabilities: Float32Array.from(heard) };
    } finally {
      lease.release();
    }
  }
}

const FRAME_RATE_HZ = 16_000;

/** True once, when enough speech was followed by enough silence. */
function endDetector(
  { threshold, minSpeechSeconds, silenceSeconds }: EndOfSpeech,
  frameSamples: number,
): (probabilities: Float32Array) => boolean {
  const frameSeconds = frameSamples / FRAME_RATE_HZ;
  let speech = 0;
  let silence = 0;
  let done = false;
  return (probabilities) => {
    for (const probability of probabilities) {
      if (probability >= threshold) {
        speech += frameSeconds;
        silence = 0;
      } else if (speech >= minSpeechSeconds) silence += frameSeconds;
      if (silence >= silenceSeconds && !done) {
        done = true;
        return true;
      }
    }
    return false;
  };
}
