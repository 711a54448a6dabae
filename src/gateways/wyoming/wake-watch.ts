import { secondsOf } from "../../audio/pcm.js";
import type { AudioChunk } from "../../protocol/wyoming/audio.js";
import { detection, notDetected } from "../../protocol/wyoming/wake.js";
import type { VoiceSessions, WakeSession } from "../../sessions/voice.js";
import { onGone, type Peer } from "./peer.js";

export interface WakeWatchOptions {
  readonly peer: Peer;
  readonly voice: VoiceSessions;
  /** Words asked for; empty means any. */
  readonly names: readonly string[];
  /** All words this server can hear. */
  readonly known: readonly string[];
  readonly onError: (error: unknown) => void;
}

/** Chunks whose timestamps are remembered: half a minute of the usual 30 to 64 ms. */
const REMEMBERED_CHUNKS = 1024;

interface Moment {
  /** Milliseconds of audio before the chunk. */
  readonly startMs: number;
  readonly timestampMs: number | undefined;
}

/** Listens for wake words from one `audio-start` to its `audio-stop`. */
export class WakeWatch {
  readonly #options: WakeWatchOptions;
  readonly #session: WakeSession | undefined;
  #forget: () => void = () => undefined;
  /** Oldest first. */
  readonly #moments: Moment[] = [];
  #heardMs = 0;
  #detected = false;
  #closed = false;

  constructor(options: WakeWatchOptions) {
    const { peer, voice, names, known, onError } = options;
    const words = names.filter((name) => known.includes(name));
    this.#options = options;
    // Words that nobody knows are never heard: without this, no known word would mean every word.
    const isDeaf = names.length > 0 && words.length === 0;
    this.#session = isDeaf
      ? undefined
      : voice.detectWake({
          origin: peer.origin,
          words,
          onDetection: ({ word, atMs }) => {
            if (words.length === 0 || words.includes(word)) this.#report(word, atMs);
          },
          onError: (error) => {
            if (!this.#closed) onError(error);
          },
        });
    this.#forget = onGone(peer, () => this.cancel());
  }

  /** @throws {SessionError} `unsupported-audio` */
  accept({ payload, timestampMs, ...format }: AudioChunk): void {
    if (payload.length === 0 || this.#closed) return;
    this.#moments.push({ startMs: this.#heardMs, timestampMs });
    if (this.#moments.length > REMEMBERED_CHUNKS) this.#moments.shift();
    this.#heardMs += secondsOf(format, payload.length) * 1000;
    this.#session?.accept(format, payload);
  }

  /** Ends the audio; says so when no word was in it. */
  async finish(): Promise<void> {
    await this.#session?.finish?.();
    if (this.#closed) return;
    this.cancel();
    if (!this.#detected) await this.#options.peer.send(notDetected.encode({}));
  }

  cancel(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget();
    this.#session?.close();
  }

  #report(name: string, atMs: number): void {
    if (this.#closed) return;
    this.#detected = true;
    // `send` never rejects.
    void this.#options.peer.send(detection.encode({ name, timestampMs: this.#timestampAt(atMs) }));
  }

  /** The peer's own time of the chunk in which that moment lies; counted from its start where the peer told none. */
  #timestampAt(atMs: number): number {
    const chunk = this.#moments.findLast(({ startMs }) => startMs < atMs) ?? this.#moments[0];
    return chunk?.timestampMs ?? Math.round(atMs);
  }
}
