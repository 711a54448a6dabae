import { type ChildProcess, spawn } from "node:child_process";
import { messageOf } from "../../base/errors.js";
import type { AudioDevice, Direction } from "./backend.js";
import type { DeviceWatch } from "./hearing.js";
import type { Surroundings } from "./sound-process.js";

/** Longest line that matters. */
const MAX_LINE = 500;

/**
 * Notices that a named device of a sound server is gone. The server then moves recordings to another device without a
 * word, so they would go on and hear the wrong room.
 */
export class PulseWatch implements DeviceWatch {
  readonly #isThere: () => Promise<boolean>;
  readonly #onGone: (reason: string) => void;
  readonly #device: string;
  readonly #child: ChildProcess;
  #rest = "";
  /** PortAudio may have taken the name for hardware: then the server has nothing to tell of it. */
  #wasThere = false;
  #closed = false;

  /**
   * @param devices asked at first, and again whenever the server says that one was removed
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
    const removal = new RegExp(`'remove' on ${direction === "capture" ? "source" : "sink"} #`);
    this.#device = device;
    this.#onGone = onGone;
    this.#isThere = async () =>
      (await devices()).some((each) => each.direction === direction && each.id === device);
    this.#child = spawn("pactl", ["subscribe"], {
      env: { ...env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    // Without the program there is no sound server, or nobody to tell.
    this.#child.on("error", () => undefined);
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n");
      this.#rest = (lines.pop() ?? "").slice(-MAX_LINE);
      if (lines.some((line) => removal.test(line))) this.check();
    });
    this.check();
  }

  check(): void {
    void this.#isThere().then(
      (isThere) => {
        if (this.#wasThere && !isThere) this.#gone(`${this.#device} is gone`);
        this.#wasThere ||= isThere;
      },
      (error: unknown) => {
        if (this.#wasThere) this.#gone(messageOf(error));
      },
    );
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#child.kill("SIGTERM");
  }

  #gone(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#onGone(reason);
  }
}
