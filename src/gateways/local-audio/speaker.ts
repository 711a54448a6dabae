import { once } from "node:events";
import type { Writable } from "node:stream";
import { PcmConverter } from "../../audio/converter.js";
import { encodePcm16, type PcmFormat, secondsOf } from "../../audio/pcm.js";
import type { Clock, Timer } from "../../base/clock.js";
import { DeviceError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import { type AudioBackend, PLAY_FORMAT } from "./backend.js";
import { withVolume } from "./loudness.js";
import { SoundProcess, type Surroundings } from "./sound-process.js";

/** Something to be played: pieces in any format, each once. */
export interface PlayableSound {
  readonly format: PcmFormat;
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface SpeakerParts {
  /** Best first. */
  readonly backends: readonly AudioBackend[];
  /** Empty: the default one. */
  readonly device: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly surroundings: Surroundings;
  /** In percent, asked for each piece. */
  readonly volume: () => number;
}

/** Time a player may take beyond the sound itself before it counts as stuck. */
const GRACE_MS = 15_000;

/** The speaker of this machine: one sound at a time, through the first backend that works. */
export class Speaker {
  readonly #parts: SpeakerParts;
  /** The one that worked last comes first. */
  #backends: readonly AudioBackend[];
  #standby: { readonly backend: AudioBackend; readonly process: SoundProcess } | undefined;
  #closed = false;

  constructor(parts: SpeakerParts) {
    this.#parts = parts;
    this.#backends = parts.backends;
  }

  /** Gets a player ready where that takes long. */
  prepare(): void {
    const [backend] = this.#backends;
    if (this.#closed || this.#standby || !backend?.startsSlowly) return;
    const process = this.#start(backend);
    this.#standby = { backend, process };
    void process.ended.then(() => {
      if (this.#standby?.process === process) this.#standby = undefined;
    });
  }

  /**
   * Plays to the end. Aborting ends it at once, without an error.
   * @throws {DeviceError} `device-unavailable` when no backend can play; what the pieces threw
   */
  async play({ format, pieces }: PlayableSound, signal: AbortSignal): Promise<void> {
    const sound = new Rewindable(pieces);
    const reasons: string[] = [];
    for (const backend of this.#backends) {
      const reason = await this.#playBy(backend, format, sound, signal);
      if (signal.aborted) return;
      if (reason === undefined) {
        this.#worked(backend, reasons);
        return;
      }
      reasons.push(`${backend.name}: ${reason}`);
    }
    throw new DeviceError("device-unavailable", `No speaker can be used: ${reasons.join("; ")}.`);
  }

  close(): void {
    this.#closed = true;
    this.#standby?.process.stop();
    this.#standby = undefined;
  }

  /** @returns why it did not play to the end */
  async #playBy(
    backend: AudioBackend,
    format: PcmFormat,
    sound: Rewindable,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const process = this.#take(backend);
    const stop = () => process.stop();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    let stuck: Timer | undefined;
    try {
      const seconds = await this.#feed(process, format, sound);
      stuck = this.#parts.clock.after(seconds * 1_000 + GRACE_MS, stop);
      return await process.ended;
    } finally {
      stuck?.cancel();
      signal.removeEventListener("abort", stop);
      stop();
      this.prepare();
    }
  }

  /** Writes all there is, as fast as the player takes it. @returns seconds of sound */
  async #feed(process: SoundProcess, from: PcmFormat, sound: Rewindable): Promise<number> {
    const convert = new PcmConverter(PLAY_FORMAT.rateHz);
    const { volume } = this.#parts;
    let isOver = false;
    let bytes = 0;
    void process.ended.then(() => {
      isOver = true;
    });
    const write = async (samples: Float32Array) => {
      if (samples.length === 0) return;
      const pcm = encodePcm16(withVolume(samples, volume()));
      bytes += pcm.length;
      if (!process.input.write(pcm)) await Promise.race([drained(process.input), process.ended]);
    };
    for await (const piece of sound) {
      if (isOver) break;
      await write(convert.push(from, piece));
    }
    await write(convert.flush());
    process.input.end();
    return secondsOf(PLAY_FORMAT, bytes);
  }

  #take(backend: AudioBackend): SoundProcess {
    const ready = this.#standby;
    if (ready?.backend !== backend) return this.#start(backend);
    this.#standby = undefined;
    return ready.process;
  }

  #start(backend: AudioBackend): SoundProcess {
    const { device, surroundings, clock } = this.#parts;
    return new SoundProcess(backend.play(device), surroundings, clock);
  }

  #worked(backend: AudioBackend, reasons: readonly string[]): void {
    if (this.#backends[0] === backend) return;
    const { device, log } = this.#parts;
    log.info(
      `The speaker ${device || "of this machine"} works through ${backend.title} (${reasons.join("; ")})`,
    );
    this.#backends = [backend, ...this.#backends.filter((each) => each !== backend)];
    this.#standby?.process.stop();
    this.#standby = undefined;
    this.prepare();
  }
}

/** Also resolves for a stream that broke: whoever waits then looks at the end of the process. */
const drained = (input: Writable): Promise<unknown> => once(input, "drain").catch(() => undefined);

/** Pieces that can be gone through again from the first: another player gets the whole sound. */
class Rewindable {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  readonly #taken: Uint8Array[] = [];

  constructor(pieces: PlayableSound["pieces"]) {
    this.#iterator =
      Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (const piece of [...this.#taken]) yield piece;
    for (let next = await this.#iterator.next(); !next.done; next = await this.#iterator.next()) {
      this.#taken.push(next.value);
      yield next.value;
    }
  }
}
