import type { PcmFormat } from "../../audio/pcm.js";

/** What every backend records: as engines take it. */
export const CAPTURE_FORMAT: PcmFormat = { rateHz: 16_000, widthBytes: 2, channels: 1 };
/** What every backend is given to play: the rate sound cards are at home with. */
export const PLAY_FORMAT: PcmFormat = { rateHz: 48_000, widthBytes: 2, channels: 1 };

/** Ways to the sound hardware, best first. */
export const BACKEND_NAMES = ["naudiodon", "pulse", "alsa"] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

export type Direction = "capture" | "play";

/** A microphone or speaker as a backend names it. */
export interface AudioDevice {
  /** What to write into the settings. */
  readonly id: string;
  /** For people. */
  readonly description: string;
  readonly direction: Direction;
}

/** A program that records to one of its streams, or plays what it reads on standard input until that ends. */
export interface SoundProgram {
  readonly file: string;
  readonly args: readonly string[];
  /** On top of the surroundings given to the process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Stream a recording comes on: standard output, or 3 where a library prints on that. */
  readonly recordsOn: 1 | 3;
}

/**
 * One way to the sound hardware. Sound always goes through a process of its own: a driver or native library that hangs
 * or crashes then costs a restart of that process, not the service.
 */
export interface AudioBackend {
  readonly name: BackendName;
  /** For people. */
  readonly title: string;
  /** Takes so long to get ready that a player should stand by before there is anything to play. */
  readonly startsSlowly: boolean;
  /** @param device empty for the default one */
  capture(device: string): SoundProgram;
  /** @param device empty for the default one */
  play(device: string): SoundProgram;
  /** @throws {DeviceError} `device-unavailable` where this way does not exist */
  devices(): Promise<readonly AudioDevice[]>;
}
