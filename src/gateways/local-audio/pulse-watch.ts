import { type ChildProcess, spawn } from "node:child_process";
import { messageOf } from "../../base/errors.js";
import type { AudioDevice, Direction } from "./backend.js";
import type { Surroundings } from "./sound-process.js";

/** Longest line that matters; a sound server that writes more is not read. */
const MAX_LINE = 500;

/**
 * Notices that a named device of a sound server is gone. The server then moves recordings to another device without a
 * word, so they would go on and hear the wrong room.
 */
export class PulseWatch {
  readonly #child: ChildProcess;
  #rest = "";
  #closed = false;

  /**
   * @param devices asked again whenever the server says that one was removed
   * @param onGone called once, with the reason
   */
  constructor(
    {
      device,
      direction,
      devices,
    }: {
      readonly device: string;
      readonly direction: Direction;
      readonly devices: () => Promise<readonly AudioDevice[]>;
    },
    { env }: Surroundings,
    onGone: (reason: string) => void,
  ) {
    const kind = direction === "capture" ? "source" : "sink";
    const removal = new RegExp(`'remove' on ${kind} #`);
    const isThere = (found: readonly AudioDevice[]) =>
      found.some((each) => each.direction === direction && each.id === device);
    // PortAudio may have taken the name for hardware: then the server has nothing to tell of it.
    void devices().then(
      (found) => isThere(found) || this.close(),
      () => this.close(),
    );
    this.#child = spawn("pactl", ["subscribe"], {
      env: { ...env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    // Without the program there is no sound server, or nobody to tell.
    this.#child.on("error", () => undefined);
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n");
      this.#rest = (lines.pop() ?? "").slice(-MAX_LINE);
      if (!lines.some((line) => removal.test(line))) return;
      void devices()
        .then((found) => (isThere(found) ? undefined : `${device} is gone`))
        .catch((error: unknown) => messageOf(error))
        .then((reason) => {
          if (reason === undefined || this.#closed) return;
          this.close();
          onGone(reason);
        });
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#child.kill("SIGTERM");
  }
}
