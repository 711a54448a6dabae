import type { PcmFormat } from "../../audio/pcm.js";
import type { Clock } from "../../base/clock.js";
import { messageOf, SessionError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { BoardActivity, BoardAudio, BoardLeader } from "../../sessions/board-audio.js";
import type { BoardSnapshot, BoardState } from "../../sessions/snapshot.js";
import { type AudioBackend, CAPTURE_FORMAT, PLAY_FORMAT } from "./backend.js";
import { chime } from "./chime.js";
import type { DeviceWatch } from "./hearing.js";
import { Microphone } from "./microphone.js";
import { PulseBackend } from "./pulse.js";
import { PulseWatch } from "./pulse-watch.js";
import type { Surroundings } from "./sound-process.js";
import { Speaker } from "./speaker.js";

export interface BoardOptions {
  readonly site: string;
  /** Empty: the default one. */
  readonly microphone: string;
  readonly speaker: string;
  readonly muted: boolean;
  /** 0 to 100. */
  readonly volume: number;
  readonly chime: boolean;
}

export interface BoardParts {
  /** Best first. */
  readonly backends: readonly AudioBackend[];
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told after anything of the snapshot changed. */
  readonly changed: () => void;
}

/** Sounds that may wait for the one that is played. */
const MAX_WAITING = 8;
const NEVER = new AbortController().signal;

/** The machine's own microphone and speaker, their volume and mute, and what they are at. */
export class Board implements BoardAudio {
  readonly format = CAPTURE_FORMAT;
  readonly #options: BoardOptions;
  readonly #parts: BoardParts;
  readonly #microphone: Microphone;
  readonly #speaker: Speaker;
  readonly #chime = chime();
  /** The last one leads. */
  readonly #leaders: BoardLeader[] = [];
  #activity: BoardActivity = "idle";
  #muted: boolean;
  #volume: number;
  #playing = 0;
  #speakerProblem: string | undefined;
  #hush = new AbortController();
  #lastSound: Promise<unknown> = Promise.resolve();
  #lastState: BoardState | undefined;
  readonly #watchers = new Set<(state: BoardState) => void>();

  constructor(options: BoardOptions, parts: BoardParts) {
    const { backends, surroundings, clock, log } = parts;
    this.#options = options;
    this.#parts = parts;
    this.#muted = options.muted;
    this.#volume = options.volume;
    this.#microphone = new Microphone({
      backends,
      surroundings,
      clock,
      log,
      device: options.microphone,
      watch: (backend, end) => this.#watch(backend, end),
      onSound: (pcm) => this.#leaders.at(-1)?.onSound(pcm),
      onChange: () => this.#changed(),
    });
    this.#speaker = new Speaker({
      backends,
      surroundings,
      clock,
      log,
      device: options.speaker,
      volume: () => this.#volume,
    });
  }

  start(): void {
    if (!this.#muted) this.#microphone.start();
    this.#speaker.prepare();
    this.#changed();
  }

  /** Resolves once nothing records or plays any more. */
  async close(): Promise<void> {
    this.hush();
    this.#speaker.close();
    await this.#microphone.stop();
    await this.#lastSound;
  }

  get isMuted(): boolean {
    return this.#muted;
  }

  snapshot(): BoardSnapshot {
    const { state, lost } = this.#microphone;
    const problem = state.name === "failing" ? state.reason : this.#speakerProblem;
    return {
      site: this.#options.site,
      state: this.#state(),
      muted: this.#muted,
      volume: this.#volume,
      gaps: lost.gaps,
      lostMs: lost.ms,
      ...(state.name === "works" && { backend: state.backend }),
      ...(problem !== undefined && { problem }),
    };
  }

  /** Called with the present state, and whenever it is another. @returns a function that stops it */
  onState(watcher: (state: BoardState) => void): () => void {
    this.#watchers.add(watcher);
    watcher(this.#state());
    return () => this.#watchers.delete(watcher);
  }

  listen(leader: BoardLeader): () => void {
    this.#leaders.at(-1)?.onReplaced();
    this.#leaders.push(leader);
    this.#become("idle");
    return () => {
      const at = this.#leaders.indexOf(leader);
      if (at < 0) return;
      const led = at === this.#leaders.length - 1;
      this.#leaders.splice(at, 1);
      if (led) this.#become("idle");
    };
  }

  show(leader: BoardLeader, activity: BoardActivity): void {
    if (this.#leaders.at(-1) === leader) this.#become(activity);
  }

  chime(): void {
    if (!this.#options.chime) return;
    void this.#speaker
      .play({ format: PLAY_FORMAT, pieces: [this.#chime] }, NEVER)
      .catch((error: unknown) => this.#parts.log.debug(`No chime: ${messageOf(error)}`));
  }

  async play(format: PcmFormat, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    if (this.#playing >= MAX_WAITING) throw new SessionError("busy", "Too many sounds wait to be played");
    const { signal } = this.#hush;
    this.#playing += 1;
    const played = this.#lastSound.then(async () => {
      if (!signal.aborted) await this.#speaker.play({ format, pieces }, signal);
    });
    this.#lastSound = played.catch(() => undefined);
    this.#changed();
    try {
      await played;
      this.#speakerProblem = undefined;
    } catch (error) {
      this.#speakerProblem = messageOf(error);
      throw error;
    } finally {
      this.#playing -= 1;
      this.#changed();
    }
  }

  hush(): void {
    this.#hush.abort();
    this.#hush = new AbortController();
  }

  setMuted(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    if (muted) {
      // Nothing records while it is muted: that is what a mute switch promises.
      void this.#microphone.stop();
      this.#activity = "idle";
      this.#leaders.at(-1)?.onMuted();
    } else this.#microphone.start();
    this.#changed();
  }

  setVolume(percent: number): void {
    this.#volume = Math.min(100, Math.max(0, Math.round(percent)));
    this.#changed();
  }

  #become(activity: BoardActivity): void {
    this.#activity = activity;
    this.#changed();
  }

  #state(): BoardState {
    if (this.#playing > 0) return "speaking";
    if (this.#muted) return "muted";
    if (this.#microphone.state.name === "failing") return "error";
    return this.#activity;
  }

  #changed(): void {
    this.#parts.changed();
    const state = this.#state();
    if (state === this.#lastState) return;
    this.#lastState = state;
    for (const watcher of this.#watchers) watcher(state);
  }

  #watch({ name }: AudioBackend, end: (reason: string) => void): DeviceWatch | undefined {
    const { surroundings } = this.#parts;
    const { microphone: device } = this.#options;
    // ALSA's recordings end with the device; the default one is whatever the server says it is.
    if (device === "" || name === "alsa") return undefined;
    const server = new PulseBackend(surroundings);
    const watched = { device, direction: "capture", devices: () => server.devices() } as const;
    return new PulseWatch(watched, surroundings, end);
  }
}
