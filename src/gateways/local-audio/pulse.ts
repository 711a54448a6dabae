import { DeviceError } from "../../base/errors.js";
import {
  type AudioBackend,
  type AudioDevice,
  CAPTURE_FORMAT,
  type Direction,
  PLAY_FORMAT,
} from "./backend.js";
import { printed } from "./run-program.js";
import type { Surroundings } from "./sound-process.js";

/** Short enough for a wake word to be answered at once. */
const CAPTURE_LATENCY_MS = 40;
/** Long enough for a board that is busy with models. */
const PLAY_LATENCY_MS = 200;

/** PulseAudio, or PipeWire in its place, through its own small programs: what `audio: true` gives an add-on. */
export class PulseBackend implements AudioBackend {
  readonly name = "pulse";
  readonly title = "PulseAudio (parec and pacat)";
  readonly startsSlowly = false;
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  capture(device: string) {
    return {
      file: "parec",
      args: streamArguments("capture", device, CAPTURE_FORMAT.rateHz, CAPTURE_LATENCY_MS),
      recordsOn: 1,
    } as const;
  }

  play(device: string) {
    return {
      file: "pacat",
      args: streamArguments("play", device, PLAY_FORMAT.rateHz, PLAY_LATENCY_MS),
      recordsOn: 1,
    } as const;
  }

  async devices(): Promise<readonly AudioDevice[]> {
    const [sources, sinks] = await Promise.all([this.#list("sources"), this.#list("sinks")]);
    return [
      ...sources.map((device) => ({ ...device, direction: "capture" as const })),
      ...sinks.map((device) => ({ ...device, direction: "play" as const })),
    ];
  }

  async #list(kind: "sources" | "sinks"): Promise<readonly Omit<AudioDevice, "direction">[]> {
    return readPulseList(await printed("pactl", ["--format=json", "list", kind], this.#surroundings));
  }
}

/** @throws {DeviceError} `device-unavailable` for anything else than `pactl`'s JSON list */
export function readPulseList(json: string): readonly Omit<AudioDevice, "direction">[] {
  let listed: unknown;
  try {
    listed = JSON.parse(json);
  } catch (error) {
    throw new DeviceError("device-unavailable", "pactl is too old to list devices as JSON", { cause: error });
  }
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((entry: { readonly name?: unknown; readonly description?: unknown } | null) =>
    typeof entry?.name === "string"
      ? [{ id: entry.name, description: String(entry.description ?? entry.name) }]
      : [],
  );
}

function streamArguments(
  direction: Direction,
  device: string,
  rateHz: number,
  latencyMs: number,
): readonly string[] {
  return [
    "--raw",
    "--client-name=Irene Edge",
    `--stream-name=${direction === "capture" ? "Microphone" : "Speaker"}`,
    "--format=s16le",
    `--rate=${rateHz}`,
    "--channels=1",
    `--latency-msec=${latencyMs}`,
    ...(device === "" ? [] : [`--device=${device}`]),
  ];
}
