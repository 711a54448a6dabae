import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createReadStream, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { systemClock, type Timer } from "../../base/clock.js";
import { EngineError, messageOf, toError } from "../../base/errors.js";
import { encodeFrameHead, type Frame, FrameReader } from "./frames.js";

/** The Python program, in the add-on's own folder next to `src` and `dist`. */
const SCRIPT = fileURLToPath(new URL("../../../addon/python/silero_worker.py", import.meta.url));

const LAST_WORDS_CHARACTERS = 2000;
/** PyTorch alone takes seven seconds to import on a good machine with a cold disk. */
const START_LIMIT_MS = 100_000;

/** What the program said when it was ready. */
export interface SileroReady {
  readonly torch: string;
  /** What it has given up for good: `rights`, `files`, `network`, `programs`. */
  readonly sandbox: readonly string[];
}

interface Waiting {
  readonly timer: Timer;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One run of the Python program. Requests are answered in order; a request that takes too long ends the process,
 * because Python cannot be interrupted inside the network.
 */
export class SileroProcess {
  readonly pid: number;
  /** Rejects when PyTorch cannot be imported. @throws {EngineError} `engine-load-failed` */
  readonly ready: Promise<SileroReady>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #reader = new FrameReader();
  readonly #waiting = new Map<number, Waiting>();
  /** Files and requests must not mix on the way in. */
  #writing: Promise<void> = Promise.resolve();
  #lastId = 0;
  #lastWords = "";
  #gone: EngineError | undefined;

  constructor(python: string) {
    // Isolated mode: no environment, no user packages, no folder of the script on the path.
    this.#child = spawn(python, ["-I", "-B", SCRIPT, String(process.pid)], {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", HOME: "/nonexistent", OMP_WAIT_POLICY: "PASSIVE" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.pid = this.#child.pid ?? 0;
    this.#watch();
    this.ready = this.#expect(0, START_LIMIT_MS).then(({ header }) => readyOf(header));
    // Whoever needs it asks `ready`; a process nobody waits for must not end the program.
    this.ready.catch(() => undefined);
  }

  get running(): boolean {
    return this.#gone === undefined;
  }

  /**
   * Sends one request, with the bytes of a file behind it where given.
   * @throws {EngineError} `engine-failed` when the process ends or does not answer within `limitMs`
   */
  async request(
    header: Readonly<Record<string, unknown>>,
    { limitMs, file }: { readonly limitMs: number; readonly file?: string },
  ): Promise<Frame> {
    if (this.#gone) throw this.#gone;
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = this.#expect(id, limitMs);
    this.#writing = this.#writing.then(() => this.#write({ ...header, id }, file));
    return answer;
  }

  /** Ends the process; all who wait are told. Idempotent. */
  stop(reason = "The Silero process was ended."): void {
    this.#end(new EngineError("engine-failed", reason));
    this.#child.kill("SIGKILL");
  }

  #expect(id: number, limitMs: number): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const seconds = Math.round(limitMs / 1000);
      const timer = systemClock.after(limitMs, () =>
        this.stop(
          `Silero did not answer for ${seconds} s and was ended; it starts again with the next request.`,
        ),
      );
      this.#waiting.set(id, { timer, resolve, reject });
    });
  }

  async #write(header: Readonly<Record<string, unknown>>, file: string | undefined): Promise<void> {
    try {
      const bytes = file === undefined ? 0 : statSync(file).size;
      this.#child.stdin.write(encodeFrameHead(header, bytes));
      if (file === undefined || bytes === 0) return;
      // The end bounds the read: a file that grows meanwhile must not spill into the next request.
      for await (const chunk of createReadStream(file, { end: bytes - 1 })) {
        if (this.#gone) return;
        if (!this.#child.stdin.write(chunk)) await this.#drained();
      }
    } catch (error) {
      // Half a frame has been sent, so nothing more can be said to this process.
      this.stop(`The Silero package could not be read: ${messageOf(error)}`);
    }
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.#child.stdin.off("drain", go);
        this.#child.off("exit", go);
        resolve();
      };
      this.#child.stdin.once("drain", go);
      this.#child.once("exit", go);
    });
  }

  #watch(): void {
    this.#child.stderr.setEncoding("utf8");
    this.#child.stderr.on("data", (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_CHARACTERS);
    });
    this.#child.stdout.on("data", (chunk: Buffer) => this.#receive(chunk));
    // The exit that follows says more than a broken pipe.
    this.#child.stdin.on("error", () => undefined);
    this.#child.on("error", (error) =>
      this.#end(new EngineError("engine-load-failed", `Python cannot be started: ${error.message}`)),
    );
    this.#child.on("close", (code, signal) => {
      const words = this.#lastWords.trim().split("\n").at(-1);
      const how = signal ? `by ${signal}` : `with code ${code}`;
      const detail = words ? `: ${words}` : "";
      this.#end(new EngineError("engine-failed", `The Silero process ended ${how}${detail}`));
    });
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) {
        const id = Number(frame.header["id"]);
        const waiting = this.#waiting.get(id);
        this.#waiting.delete(id);
        waiting?.timer.cancel();
        waiting?.resolve(frame);
      }
    } catch (error) {
      this.stop(toError(error).message);
    }
  }

  #end(reason: EngineError): void {
    this.#gone ??= reason;
    for (const { timer, reject } of this.#waiting.values()) {
      timer.cancel();
      reject(this.#gone);
    }
    this.#waiting.clear();
  }
}

function readyOf(header: Frame["header"]): SileroReady {
  if (header["ready"] !== true) {
    throw new EngineError(
      "engine-load-failed",
      `PyTorch is installed but cannot be loaded: ${String(header["message"])}. Install it again for this processor.`,
    );
  }
  const sandbox = header["sandbox"];
  return {
    torch: String(header["torch"]),
    sandbox: Array.isArray(sandbox) ? sandbox.map(String) : [],
  };
}
