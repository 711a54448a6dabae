import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import type { Readable, Writable } from "node:stream";
import type { Clock, Timer } from "../../base/clock.js";
import type { SoundProgram } from "./backend.js";

/** What a program of ours is started with. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A program that does not end when asked is ended the hard way after this. */
const TERM_MS = 1_000;
/** Of what it prints, enough for a reason. */
const MAX_SAID = 2_000;

/** A program that records or plays, from its start to its end. */
export class SoundProcess {
  /** Resolves once it has ended: undefined when it ended by itself with success, else why, in a few words. */
  readonly ended: Promise<string | undefined>;
  readonly #child: ChildProcess;
  readonly #program: SoundProgram;
  readonly #clock: Clock;
  #said = "";
  #kill: Timer | undefined;

  constructor(program: SoundProgram, { env }: Surroundings, clock: Clock) {
    this.#program = program;
    this.#clock = clock;
    this.#child = spawn(program.file, program.args, {
      // Reasons are read in English, and libraries leave files where they run.
      env: { ...env, LC_ALL: "C", ...program.env },
      cwd: tmpdir(),
      stdio: ["pipe", program.recordsOn === 1 ? "pipe" : "ignore", "pipe", "pipe"],
    });
    // A program that ends before it has read everything says why by its end.
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-MAX_SAID);
    });
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(this.#cannotStart(error)));
      this.#child.once("close", (code, signal) => {
        this.#kill?.cancel();
        resolve(code === 0 ? undefined : this.#lastWords() || `it ended with ${code ?? signal}`);
      });
    });
  }

  /** Where a recording comes out. */
  get sound(): Readable {
    // The stream exists because `stdio` asks for it.
    return this.#child.stdio[this.#program.recordsOn] as Readable;
  }

  /** Where sound to play goes in. */
  get input(): Writable {
    return this.#child.stdin as Writable;
  }

  /** Ends it at once: what it still holds is not played. Idempotent. */
  stop(): void {
    if (this.#kill || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    this.#kill = this.#clock.after(TERM_MS, () => this.#child.kill("SIGKILL"));
  }

  #cannotStart(error: NodeJS.ErrnoException): string {
    return error.code === "ENOENT" ? `${this.#program.file} is not installed` : error.message;
  }

  /** The last line, which names the reason: those before are what the libraries below tried. */
  #lastWords(): string {
    const lines = this.#said.split(/[\r\n]+/).map((line) => line.trim());
    return (lines.filter((line) => line !== "").at(-1) ?? "").slice(0, 200);
  }
}
