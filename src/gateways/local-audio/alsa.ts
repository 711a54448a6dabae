import {
  type AudioBackend,
  type AudioDevice,
  CAPTURE_FORMAT,
  type Direction,
  PLAY_FORMAT,
} from "./backend.js";
import { printed } from "./run-program.js";
import type { Surroundings } from "./sound-process.js";

/** A piece of a recording, and how much the driver keeps while this program is busy. Microseconds. */
const CAPTURE_TIMES = ["--period-time=40000", "--buffer-time=500000"] as const;
const PLAY_TIMES = ["--period-time=50000", "--buffer-time=300000"] as const;
/** Devices of the list that are of use: with conversion of rates and channels, not the bare hardware or a part of it. */
const USEFUL = /^(default|pulse|pipewire|sysdefault:|plughw:)/;

/** ALSA without a sound server, through its own small programs. */
export class AlsaBackend implements AudioBackend {
  readonly name = "alsa";
  readonly title = "ALSA (arecord and aplay)";
  readonly startsSlowly = false;
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  capture(device: string) {
    const args = [...streamArguments(device, CAPTURE_FORMAT.rateHz), ...CAPTURE_TIMES];
    return { file: "arecord", args, recordsOn: 1 } as const;
  }

  play(device: string) {
    const args = [...streamArguments(device, PLAY_FORMAT.rateHz), ...PLAY_TIMES];
    return { file: "aplay", args, recordsOn: 1 } as const;
  }

  async devices(): Promise<readonly AudioDevice[]> {
    const [inputs, outputs] = await Promise.all([
      printed("arecord", ["-L"], this.#surroundings),
      printed("aplay", ["-L"], this.#surroundings),
    ]);
    return [...readAlsaList(inputs, "capture"), ...readAlsaList(outputs, "play")];
  }
}

/** The list as `arecord -L` prints it: names at the left border, what they are below them, further to the right. */
export function readAlsaList(text: string, direction: Direction): readonly AudioDevice[] {
  const found: { id: string; description: string; direction: Direction }[] = [];
  for (const line of text.split("\n")) {
    const last = found.at(-1);
    if (/^\S/.test(line)) found.push({ id: line.trim(), description: "", direction });
    else if (last && line.trim() !== "")
      last.description = [last.description, line.trim()].filter(Boolean).join(", ");
  }
  return found.filter(({ id }) => USEFUL.test(id));
}

const streamArguments = (device: string, rateHz: number): readonly string[] => [
  "--quiet",
  "--file-type=raw",
  "--format=S16_LE",
  `--rate=${rateHz}`,
  "--channels=1",
  ...(device === "" ? [] : [`--device=${device}`]),
];
