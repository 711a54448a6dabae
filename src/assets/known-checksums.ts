import { readFile } from "node:fs/promises";
import { writeJson } from "./disk/durable.js";

/** What an address held when it was first fetched. */
export interface KnownFile {
  readonly sha256: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly firstSeenAt: string;
}

/**
 * Checksums of files that nobody publishes one for, by address: recorded at the first download and demanded of every
 * later one, also after the model was removed.
 */
export class KnownChecksums {
  readonly #path: string;
  readonly #files: Map<string, KnownFile>;

  private constructor(path: string, files: Map<string, KnownFile>) {
    this.#path = path;
    this.#files = files;
  }

  static async read(path: string): Promise<KnownChecksums> {
    const text = await readFile(path, "utf8").catch(() => "{}");
    try {
      return new KnownChecksums(path, new Map(Object.entries(JSON.parse(text) as Record<string, KnownFile>)));
    } catch {
      // A damaged record protects no more; it is written anew by the next download.
      return new KnownChecksums(path, new Map());
    }
  }

  find(url: string): KnownFile | undefined {
    return this.#files.get(url);
  }

  async add(url: string, file: KnownFile): Promise<void> {
    if (this.#files.has(url)) return;
    this.#files.set(url, file);
    await writeJson(this.#path, Object.fromEntries(this.#files));
  }
}
