import { fileURLToPath } from "node:url";
import { DeviceError } from "../../base/errors.js";
import type { AudioBackend, AudioDevice, Direction, SoundProgram } from "./backend.js";
import { printed } from "./run-program.js";
import type { Surroundings } from "./sound-process.js";

const MAIN = fileURLToPath(new URL("./naudiodon-main.js", import.meta.url));

/** Sound servers are asked for short pieces: by default they hand over two seconds at once. */
const LATENCY = { PULSE_LATENCY_MSEC: "60" } as const;

/** PortAudio through naudiodon, in a process of its own. */
export class NaudiodonBackend implements AudioBackend {
  readonly name = "naudiodon";
  readonly title = "PortAudio (naudiodon)";
  readonly startsSlowly = true;
  readonly #surroundings: Surroundings;
  readonly #main: string;

  /** @param main the program that is run in a process of its own */
  constructor(surroundings: Surroundings, main = MAIN) {
    this.#surroundings = surroundings;
    this.#main = main;
  }

  capture(device: string): SoundProgram {
    return this.#program("capture", device);
  }

  play(device: string): SoundProgram {
    return this.#program("play", device);
  }

  async devices(): Promise<readonly AudioDevice[]> {
    const listed = await printed(process.execPath, [this.#main, "devices"], this.#surroundings);
    // Libraries print there as well; ours is the last line.
    const line = listed.trim().split("\n").at(-1) ?? "";
    if (!line.startsWith("[")) throw new DeviceError("device-unavailable", "naudiodon lists no devices");
    return JSON.parse(line) as readonly AudioDevice[];
  }

  #program(direction: Direction, device: string): SoundProgram {
    // A sound server's own name for a device is for the server: PortAudio only knows that there is one.
    const server = direction === "capture" ? "PULSE_SOURCE" : "PULSE_SINK";
    return {
      file: process.execPath,
      args: [this.#main, direction, device],
      env: { ...LATENCY, ...(device === "" ? {} : { [server]: device }) },
      recordsOn: 3,
    };
  }
}
