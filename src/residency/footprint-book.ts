import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname } from "node:path";
import type { Clock } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { LoadSpec } from "../engines/capability.js";
import { type Footprint, type FootprintSample, learn, learnPeak } from "./footprint.js";
import { FOOTPRINTS_VERSION, type FootprintEntry, parseFootprints } from "./footprint-file.js";

/** Options of a load that change what it costs. */
export type LoadOptions = Pick<LoadSpec, "params" | "settings" | "threads" | "arena">;

/** Identity of one line of the book. */
export interface FootprintKey {
  readonly model: string;
  /** Short hash of the load's options. */
  readonly options: string;
}

/** @returns the same key for equal options, whatever the order of their fields. */
export function footprintKey(model: string, options: LoadOptions): FootprintKey {
  const { params, settings, threads, arena } = options;
  const text = JSON.stringify({ params, settings, threads, arena }, (_, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return { model, options: createHash("sha256").update(text).digest("hex").slice(0, 12) };
}

/** The board as far as it changes memory and speed: a card moved to another Pi learns anew. */
export function boardName(): string {
  const cores = cpus();
  return `${process.arch} ${cores[0]?.model.trim() || "unknown"} x${cores.length}`;
}

/** More lines than any catalog has models; the oldest go first. */
const MAX_ENTRIES = 500;

const LEAST_GROWTH = 1.25;
const MOST_GROWTH = 4;

/** Learned figures of all models, kept in one file. Writes are atomic and never overlap. */
export class FootprintBook {
  readonly #path: string | undefined;
  readonly #board: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #entries = new Map<string, FootprintEntry>();
  readonly #uses = new Map<string, readonly number[]>();
  #saving: Promise<void> = Promise.resolve();
  #dirty = false;

  /** @param path of the JSON file; without one nothing is kept beyond this run. */
  constructor(options: {
    readonly path?: string;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly board?: string;
  }) {
    this.#path = options.path;
    this.#board = options.board ?? boardName();
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Reads the file. One that is missing or spoilt is an empty book: everything in it can be learned again. */
  async open(): Promise<void> {
    if (this.#path === undefined) return;
    try {
      const { entries, uses } = parseFootprints(await readFile(this.#path, "utf8"));
      for (const entry of entries) this.#entries.set(nameOf(entry), entry);
      for (const [model, byHour] of uses) this.#uses.set(model, byHour);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
      this.#logger.warn(`Learned memory figures are not readable and start anew: ${messageOf(error)}`);
    }
  }

  find(key: FootprintKey): Footprint | undefined {
    return this.#entry(key).footprint;
  }

  /** Factor on the model's need, 1 normally. */
  growth(key: FootprintKey): number {
    return this.#entry(key).growth;
  }

  /** Adds one measured load. */
  record(key: FootprintKey, sample: FootprintSample): void {
    const entry = this.#entry(key);
    // A load that went well takes back a tenth of what kills have added.
    const growth = entry.growth > 1.01 ? 1 + 0.9 * (entry.growth - 1) : 1;
    this.#put({ ...entry, footprint: learn(entry.footprint, sample, this.#clock.nowMs()), growth });
  }

  /** Notes that a model in use held this much. */
  recordPeak(key: FootprintKey, inferencePeakBytes: number): void {
    const entry = this.#entry(key);
    if (!entry.footprint || inferencePeakBytes <= entry.footprint.inferencePeakBytes.max) return;
    this.#put({ ...entry, footprint: learnPeak(entry.footprint, inferencePeakBytes) });
  }

  /** Notes that the kernel killed the model for want of memory: it needs a quarter more than was thought. */
  recordOutOfMemory(key: FootprintKey): void {
    this.recordTooSmall(key, LEAST_GROWTH);
  }

  /**
   * Notes that what is known of a model is too little.
   * @param factor by which, at least; a quarter more is the least that is worth another try
   */
  recordTooSmall(key: FootprintKey, factor: number): void {
    const entry = this.#entry(key);
    const growth = Math.min(MOST_GROWTH, entry.growth * Math.max(LEAST_GROWTH, factor));
    this.#put({ ...entry, growth });
  }

  /** Expected uses of a model by hour of the day, as an earlier run left them; empty when there was none. */
  uses(model: string): { readonly byHour?: readonly number[] } {
    const byHour = this.#uses.get(model);
    return byHour ? { byHour } : {};
  }

  /** @param byHour 24 numbers */
  recordUses(model: string, byHour: readonly number[]): void {
    if (byHour.every((value) => value < 0.01) && !this.#uses.has(model)) return;
    this.#uses.set(model, byHour);
    this.#touch();
  }

  /** Resolves once everything learned so far is on disk, or was tried and logged. */
  flush(): Promise<void> {
    return this.#saving;
  }

  #entry(key: FootprintKey): FootprintEntry {
    return (
      this.#entries.get(nameOf({ ...key, board: this.#board })) ?? { ...key, board: this.#board, growth: 1 }
    );
  }

  #put(entry: FootprintEntry): void {
    this.#entries.delete(nameOf(entry));
    this.#entries.set(nameOf(entry), entry);
    for (const name of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES) break;
      this.#entries.delete(name);
    }
    this.#touch();
  }

  /** Saves soon; changes until then go into the same write. */
  #touch(): void {
    if (this.#dirty || this.#path === undefined) return;
    this.#dirty = true;
    const path = this.#path;
    this.#saving = this.#saving.then(() => {
      this.#dirty = false;
      return this.#save(path);
    });
  }

  async #save(path: string): Promise<void> {
    const uses = Object.fromEntries(this.#uses);
    const entries = [...this.#entries.values()];
    const text = `${JSON.stringify({ version: FOOTPRINTS_VERSION, uses, entries }, null, 1)}\n`;
    const draft = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(draft, "wx");
      try {
        await file.writeFile(text);
        // Without it a power cut may leave the new name on an empty file.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      this.#logger.warn(`Learned memory figures could not be saved: ${messageOf(error)}`);
    }
  }
}

const nameOf = ({ model, board, options }: Pick<FootprintEntry, "model" | "board" | "options">): string =>
  `${board}|${options}|${model}`;
