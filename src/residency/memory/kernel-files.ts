import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The kernel's text files below a root: `/` on a machine, a folder of copies in a test. */
export class KernelFiles {
  readonly #root: string;

  constructor(root = "/") {
    this.#root = root;
  }

  /**
   * Text of a file such as `proc/meminfo`; undefined when this kernel has none or does not let us read it. Some
   * files can be opened and then refuse to be read: pressure information that is compiled in but switched off.
   */
  async read(path: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#root, path), "utf8");
    } catch (error) {
      if (isSystemError(error)) return undefined;
      throw error;
    }
  }

  /** @returns false when the kernel or a confinement profile forbids it. */
  async write(path: string, text: string): Promise<boolean> {
    try {
      await writeFile(join(this.#root, path), text);
      return true;
    } catch (error) {
      if (isSystemError(error)) return false;
      throw error;
    }
  }
}

/** `Key: 123 kB` lines as bytes by key, the form of meminfo, status and smaps_rollup. */
export function parseKilobyteLines(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [, key, kilobytes] of text.matchAll(/^([\w()]+):\s+(\d+) kB$/gm)) {
    values.set(key ?? "", Number(kilobytes) * 1024);
  }
  return values;
}

/** `key 123` lines, the form of memory.stat, memory.events and vmstat. */
export function parseCounterLines(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [, key, value] of text.matchAll(/^(\S+) (\d+)$/gm)) values.set(key ?? "", Number(value));
  return values;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
