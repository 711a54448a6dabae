import type { Snapshot } from "../../sessions/snapshot.js";
import { assetWords, bar, type Output } from "./output.js";

/** Shows downloads while a command runs: a bar drawn over itself on a terminal, a plain line now and then elsewhere. */
export class DownloadProgress {
  readonly #output: Output;
  #lastText = "";
  #lastTenth = new Map<string, number>();
  #drawn = false;

  constructor(output: Output) {
    this.#output = output;
  }

  show(snapshot: Snapshot): void {
    for (const model of snapshot.models) {
      const { asset } = model;
      if (asset.name !== "downloading") continue;
      const share = asset.bytesTotal ? asset.bytesDone / asset.bytesTotal : 0;
      if (this.#output.terminal) this.#draw(`${bar(share)} ${model.id} ${assetWords(model)}`);
      else this.#step(model.id, share, `${model.id}: ${assetWords(model)}`);
    }
  }

  /** Leaves the last bar standing on its own line. */
  end(): void {
    if (this.#drawn) process.stderr.write("\n");
    this.#drawn = false;
  }

  #draw(text: string): void {
    if (text === this.#lastText) return;
    this.#lastText = text;
    process.stderr.write(`\r\x1b[2K${text.slice(0, process.stderr.columns ?? 120)}`);
    this.#drawn = true;
  }

  #step(id: string, share: number, text: string): void {
    const tenth = Math.floor(share * 10);
    if (this.#lastTenth.get(id) === tenth) return;
    this.#lastTenth.set(id, tenth);
    this.#output.remark(text);
  }
}
