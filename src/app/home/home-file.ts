import { readFile, stat } from "node:fs/promises";
import type { Clock, Timer } from "../../base/clock.js";
import { HomeError, messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { Home } from "../../home/names.js";
import { parseHomeFile } from "./parse-home-file.js";

/** Looking at one file costs nothing, and unlike watching it works for files that are replaced and on all file systems. */
const LOOK_MS = 2_000;
/** A file larger than this holds something else. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The names in the user's file, read again whenever it changes. A file that cannot be used leaves the names as they were. */
export class HomeFile {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onHome: (home: Home) => void;
  #timer: Timer | undefined;
  #seen = "";
  #problem: string | undefined;
  #closed = false;

  constructor({
    path,
    clock,
    log,
    onHome,
  }: {
    readonly path: string;
    readonly clock: Clock;
    readonly log: Logger;
    /** Told of the names at first and after each change. */
    readonly onHome: (home: Home) => void;
  }) {
    this.#path = path;
    this.#clock = clock;
    this.#log = log;
    this.#onHome = onHome;
  }

  /** Why the names may be old, in one sentence. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Reads the file; resolves once that is done, also when it cannot be used. */
  async start(): Promise<void> {
    await this.#look();
    if (this.#closed) return;
    this.#timer = this.#clock.after(LOOK_MS, () => void this.start());
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    try {
      const { mtimeMs, size, ino } = await stat(this.#path);
      const seen = `${mtimeMs} ${size} ${ino}`;
      if (seen === this.#seen) return;
      this.#seen = seen;
      if (size > MAX_BYTES) throw new HomeError("home-file-invalid", `${this.#path} is too large.`);
      const home = parseHomeFile(await readFile(this.#path, "utf8"), this.#path);
      this.#problem = undefined;
      this.#log.info(`Names of this home are read from ${this.#path}`);
      if (!this.#closed) this.#onHome(home);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      if (missing) this.#seen = "";
      this.#complain(missing ? `${this.#path} is not there.` : messageOf(error));
    }
  }

  /** Each thing once. */
  #complain(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#log.warn(`Names of this home stay as they were: ${problem}`);
  }
}
