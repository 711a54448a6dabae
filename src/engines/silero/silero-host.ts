import { EngineError } from "../../base/errors.js";
import { SingleFlight } from "../../base/single-flight.js";
import type { FoundPython } from "../find-python.js";
import { loadFailure, readSpeech, type SileroOutcome } from "./silero-answer.js";
import { SileroProcess } from "./silero-process.js";

/** One package to hold in the Python process. */
export interface SileroPackage {
  /** Catalog id. */
  readonly model: string;
  /** For error messages: `Silero v3 TTS`. */
  readonly title: string;
  /** Absolute path of the `.pt` file. */
  readonly file: string;
  readonly device: "cpu" | "cuda";
  readonly threads: number;
}

/** What a package told about itself. */
export interface SileroVoice {
  readonly speakers: readonly string[];
  /** Threads PyTorch really uses. */
  readonly threads: number;
  /** Where it really runs. */
  readonly device: string;
  readonly torch: string;
  readonly sandbox: readonly string[];
}

/** One piece of speech. */
export interface SileroPiece {
  readonly text: string;
  readonly ssml: boolean;
  readonly speaker: string;
  readonly rateHz: number;
  readonly accent?: { readonly put_accent: boolean; readonly put_yo: boolean };
}

/** How long the Python process may take over one answer. Milliseconds. */
export interface SileroLimits {
  readonly speakMs: number;
  readonly loadMs: number;
}

/** Less than the parent's patience with this worker, which serves others as well. */
const DEFAULT_LIMITS: SileroLimits = { speakMs: 100_000, loadMs: 100_000 };

/**
 * Keeps one Python process for all Silero packages: PyTorch alone takes over 200 MB, which two would take twice. It
 * starts with the first package, ends with the last, and starts anew after a crash when somebody next speaks.
 */
export class SileroHost {
  readonly #packages = new Map<string, SileroPackage>();
  readonly #loads = new SingleFlight<SileroVoice>();
  #process: SileroProcess | undefined;
  /** The run of the process each package was loaded into. */
  readonly #loadedIn = new Map<string, SileroProcess>();
  readonly #limits: SileroLimits;

  constructor(limits: Partial<SileroLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** The running process; 0 without one. */
  get pid(): number {
    return this.#process?.running ? this.#process.pid : 0;
  }

  /** @throws {EngineError} `engine-load-failed` */
  async load(python: FoundPython, wanted: SileroPackage): Promise<SileroVoice> {
    this.#packages.set(wanted.model, wanted);
    try {
      return await this.#loadOnce(python, wanted);
    } catch (error) {
      this.unload(wanted.model);
      throw error;
    }
  }

  /** @throws {EngineError} `engine-failed`, `engine-load-failed` */
  async speak(python: FoundPython, model: string, piece: SileroPiece): Promise<SileroOutcome> {
    const wanted = this.#packages.get(model);
    if (!wanted) throw new EngineError("engine-failed", `${model} has been unloaded.`);
    if (!this.#isLoaded(model)) await this.#loadOnce(python, wanted);
    const { accent, rateHz, ...rest } = piece;
    const answer = await this.#running(python).request(
      { op: "speak", model, ...rest, rate: rateHz, ...accent },
      { limitMs: this.#limits.speakMs },
    );
    return readSpeech(answer, { title: wanted.title, speaker: piece.speaker, rateHz });
  }

  /** Drops a package; the process ends with the last one, which gives all memory back. */
  unload(model: string): void {
    this.#packages.delete(model);
    if (this.#packages.size === 0) {
      this.#process?.stop();
      this.#process = undefined;
      this.#loadedIn.clear();
      return;
    }
    if (!this.#isLoaded(model)) return;
    this.#loadedIn.delete(model);
    // A process that cannot answer this any more has lost the package anyway.
    this.#process?.request({ op: "unload", model }, { limitMs: this.#limits.speakMs }).catch(() => undefined);
  }

  #loadOnce(python: FoundPython, wanted: SileroPackage): Promise<SileroVoice> {
    return this.#loads.run(wanted.model, () => this.#load(python, wanted));
  }

  async #load(
    python: FoundPython,
    { model, title, file, device, threads }: SileroPackage,
  ): Promise<SileroVoice> {
    const process = this.#running(python);
    const { torch, sandbox } = await process.ready;
    const answer = await process.request(
      { op: "load", model, device, threads },
      { limitMs: this.#limits.loadMs, file },
    );
    if (answer.header["error"] !== undefined) throw loadFailure(answer, title, torch);
    this.#loadedIn.set(model, process);
    const { speakers, threads: used, device: where } = answer.header;
    return {
      speakers: Array.isArray(speakers) ? speakers.map(String) : [],
      threads: Number(used),
      device: String(where),
      torch,
      sandbox,
    };
  }

  #running(python: FoundPython): SileroProcess {
    if (!this.#process?.running) this.#process = new SileroProcess(python.program);
    return this.#process;
  }

  #isLoaded(model: string): boolean {
    return this.#process?.running === true && this.#loadedIn.get(model) === this.#process;
  }
}
