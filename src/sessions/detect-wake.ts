import type { PcmFormat } from "../audio/pcm.js";
import { messageOf, SessionError, toError } from "../base/errors.js";
import type { WakeHit } from "../engines/capability.js";
import type { LadderSource } from "./ladder.js";
import { prefetchFirst } from "./prefetch.js";
import type { RunningTrace } from "./request-log.js";
import type { DetectWakeRequest, WakeSession } from "./voice.js";
import { WakeEar, type WakeEarTools } from "./wake-ear.js";

/** What wake streams share. */
export interface DetectWakeTools extends WakeEarTools {
  readonly ladders: LadderSource;
  /** Language in which commands after a wake word are expected. */
  readonly defaultLanguage: string;
}

/** One listener: audio goes in for as long as the peer likes, hits of all its words come out. */
export class WakeDetection implements WakeSession {
  readonly id: string;
  readonly #abort = new AbortController();
  readonly #tools: DetectWakeTools;
  readonly #request: DetectWakeRequest;
  readonly #trace: RunningTrace;
  readonly #ears: readonly WakeEar[];
  readonly #done: Promise<void>;

  constructor(tools: DetectWakeTools, request: DetectWakeRequest, trace: RunningTrace) {
    this.id = trace.id;
    this.#tools = tools;
    this.#request = request;
    this.#trace = trace;
    this.#ears = tools.ladders
      .hearing(request.words)
      .map((choice) => new WakeEar(tools, choice, trace, (hit) => this.#detected(hit)));
    this.#done = this.#listen().catch((error: unknown) => this.#fail(error));
  }

  /** @throws {SessionError} `unsupported-audio` */
  accept(format: PcmFormat, bytes: Uint8Array): void {
    for (const ear of this.#ears) ear.accept(format, bytes);
  }

  async finish(): Promise<void> {
    this.#endAudio();
    await this.#done;
  }

  close(): void {
    this.#trace.end("done");
    this.#endAudio();
    this.#abort.abort(new SessionError("cancelled", "The listener went away."));
  }

  #endAudio(): void {
    for (const ear of this.#ears) ear.end();
  }

  #fail(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    this.#trace.end("failed", error);
    this.#endAudio();
    this.#abort.abort(error);
    this.#tell(() => this.#request.onError(toError(error)));
  }

  /** Until the listener is closed, or no detector is left: a word that cannot be had does not silence the others. */
  async #listen(): Promise<void> {
    const { signal } = this.#abort;
    // Its failure must not reach the listener before the caller has the session.
    await Promise.resolve();
    if (this.#ears.length === 0) throw unheard(this.#request.words);
    const failures: unknown[] = [];
    await Promise.all(
      this.#ears.map((ear) =>
        ear.listen(signal).catch((error: unknown) => {
          failures.push(error);
          if (signal.aborted || this.#ears.length === 1) return;
          this.#trace.log.warn(`Not heard: ${ear.words.join(", ")}. ${messageOf(error)}`);
        }),
      ),
    );
    if (failures.length === this.#ears.length) throw failures[0];
  }

  #detected(hit: WakeHit): void {
    if (this.#abort.signal.aborted) return;
    this.#trace.stage("detected");
    // A command follows: its model can load while the first words are spoken.
    prefetchFirst(this.#tools, "stt", { language: this.#tools.defaultLanguage });
    this.#tell(() => this.#request.onDetection(hit));
  }

  /** A listener's own failure is none of the detector's. */
  #tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#trace.log.error(`A listener for wake words failed: ${messageOf(error)}`);
    }
  }
}

function unheard(words: readonly string[]): SessionError {
  return new SessionError(
    "no-model",
    words.length > 0
      ? `No model hears ${words.join(" or ")}. See \`irene models list\` for the wake words there are.`
      : "No wake word is chosen. Name one in the request, or write wake_words: [hey_jarvis] in the settings.",
  );
}
