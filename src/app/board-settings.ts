import { join } from "node:path";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { readIfThere, writeWhole } from "./state-file.js";

/** What users set on the board while it runs. */
export interface BoardChoice {
  readonly muted: boolean;
  /** 0 to 100. */
  readonly volume: number;
}

/** Keeps a muted microphone muted over restarts, and the speaker as loud as it was set. */
export class BoardSettings {
  readonly #path: string;
  readonly #log: Logger;
  #kept: BoardChoice;

  /** @param configured what counts until something was set */
  constructor(dataDir: string, configured: BoardChoice, log: Logger) {
    this.#path = join(dataDir, "state", "board.json");
    this.#log = log;
    this.#kept = { ...configured, ...this.#read() };
  }

  get choice(): BoardChoice {
    return this.#kept;
  }

  keep({ muted, volume }: BoardChoice): void {
    if (muted === this.#kept.muted && volume === this.#kept.volume) return;
    this.#kept = { muted, volume };
    try {
      writeWhole(this.#path, `${JSON.stringify(this.#kept)}\n`);
    } catch (error) {
      this.#log.warn(
        `Mute and volume hold until the next start, since they cannot be kept: ${messageOf(error)}`,
      );
    }
  }

  #read(): Partial<BoardChoice> {
    try {
      const stored = JSON.parse(readIfThere(this.#path) ?? "{}") as Partial<
        Record<keyof BoardChoice, unknown>
      >;
      const { muted, volume } = stored;
      return {
        ...(typeof muted === "boolean" && { muted }),
        ...(typeof volume === "number" && volume >= 0 && volume <= 100 && { volume }),
      };
    } catch (error) {
      this.#log.warn(`Mute and volume cannot be read and are as configured: ${messageOf(error)}`);
      return {};
    }
  }
}
