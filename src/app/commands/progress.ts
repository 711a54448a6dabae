import type { Snapshot } from "../../sessions/snapshot.js";
import type { House } from "../house.js";
import type { Output } from "./output.js";
import { assetWords } from "./status-text.js";
import { bar } from "./table.js";

/** A download of unknown size is told of after each so many bytes. */
const STEP_BYTES = 25e6;

/** Shows downloads while a command runs: a bar drawn over itself on a terminal, a plain line now and then elsewhere. */
export class DownloadProgress {
  readonly #output: Output;
  readonly #lastStep = new Map<string, number>();
  #drawn = false;

  constructor(output: Output) {
    this.#output = output;
  }

  show(snapshot: Snapshot): void {
    for (const { id, asset } of snapshot.models) {
      if (asset.name !== "downloading") continue;
      const { bytesDone, bytesTotal } = asset;
      const words = assetWords({ asset });
      if (this.#output.terminal) {
        this.#output.draw(bytesTotal ? `${bar(bytesDone / bytesTotal)} ${id} ${words}` : `${id} ${words}`);
        this.#drawn = true;
      } else {
        const step = Math.floor(bytesTotal ? (bytesDone / bytesTotal) * 10 : bytesDone / STEP_BYTES);
        if (this.#lastStep.get(id) !== step) this.#output.remark(`${id}: ${words}`);
        this.#lastStep.set(id, step);
      }
    }
  }

  /** Takes the bar away, so that the next line stands in its place. */
  end(): void {
    if (this.#drawn) this.#output.draw("");
    this.#drawn = false;
  }
}

/** Does something while showing the downloads it waits for. */
export async function withProgress<T>(
  house: House,
  output: Output,
  task: (progress: DownloadProgress) => Promise<T>,
): Promise<T> {
  const progress = new DownloadProgress(output);
  const stop = new AbortController();
  // A command that can do its work does not fail for want of a picture of it.
  const watching = house.watch((snapshot) => progress.show(snapshot), stop.signal).catch(() => undefined);
  try {
    return await task(progress);
  } finally {
    stop.abort();
    await watching;
    progress.end();
  }
}
