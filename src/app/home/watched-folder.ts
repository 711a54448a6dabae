import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Timer } from "../../base/clock.js";

/** Nobody tries out a sentence within the second it was written. */
const LOOK_MS = 5_000;
/** Files beyond these are not looked at; a folder with more holds something else. */
const MAX_FILES = 200;

/** Tells when a file of a folder was added, changed or removed. A folder that is not there is one without files. */
export class WatchedFolder {
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #timer: Timer | undefined;
  #seen: string | undefined;
  #closed = false;

  constructor({
    dir,
    clock,
    onChange,
  }: { readonly dir: string; readonly clock: Clock; readonly onChange: () => void }) {
    this.#dir = dir;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Begins to look; what is there at first is no change. Never rejects. */
  async start(): Promise<void> {
    const now = await this.#look();
    if (this.#closed) return;
    const changed = this.#seen !== undefined && now !== this.#seen;
    this.#seen = now;
    this.#timer = this.#clock.after(LOOK_MS, () => void this.start());
    if (changed) this.#onChange();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<string> {
    const names = await readdir(this.#dir).catch((): string[] => []);
    const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
    const facts = await Promise.all(
      files.slice(0, MAX_FILES).map(async (name) => {
        // A file may go between the two looks.
        const found = await stat(join(this.#dir, name)).catch(() => undefined);
        return found ? `${name} ${found.mtimeMs} ${found.size} ${found.ino}` : "";
      }),
    );
    return facts.join("\n");
  }
}
