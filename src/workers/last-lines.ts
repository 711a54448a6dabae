import type { Readable } from "node:stream";

const MAX_LINES = 20;
const MAX_LINE_CHARS = 500;

/** Keeps the last lines of a process's output, however much it writes. */
export class LastLines {
  readonly #lines: string[] = [];
  #open = "";

  /** Reads the stream to its end. It is always drained: a full pipe would stop the writer. */
  follow(stream: Readable): void {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => this.add(text));
    // A broken pipe means the process has gone, which its exit event reports.
    stream.on("error", () => undefined);
  }

  add(text: string): void {
    const pieces = (this.#open + text).split(/\r\n|\r|\n/);
    this.#open = (pieces.pop() ?? "").slice(0, MAX_LINE_CHARS);
    for (const piece of pieces) this.#keep(piece);
  }

  /** Oldest first, without empty ones. */
  lines(): readonly string[] {
    return this.#open.trim() === "" ? [...this.#lines] : [...this.#lines, this.#open.trimEnd()];
  }

  #keep(line: string): void {
    if (line.trim() === "") return;
    this.#lines.push(line.slice(0, MAX_LINE_CHARS).trimEnd());
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }
}
