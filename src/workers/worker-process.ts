import type { Clock } from "../base/clock.js";
import { WorkerError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type {
  LoadSpec,
  PreparedReport,
  SpeechRequest,
  TranscribeOptions,
  WakeOptions,
} from "../engines/capability.js";
import type { PhraseBookFile } from "../home/phrase-book.js";
import { openSpeechChannel, openVoiceDetectorChannel, openWakeChannel, type WorkerLink } from "./channels.js";
import { decodeError } from "./error-wire.js";
import { exitError } from "./exit-reason.js";
import { IncomingSpeech } from "./incoming-speech.js";
import type {
  LoadedModel,
  ModelWorker,
  SpeechChannel,
  VoiceDetectorChannel,
  WakeChannel,
  WorkerExit,
} from "./model-worker.js";
import { OpenCalls } from "./open-calls.js";
import type { CallName, CallParams, CallResult, FromWorker, ToWorker } from "./protocol.js";
import { DEFAULT_PATIENCE, type Patience, terminate } from "./terminate.js";
import { type ChildEnd, WorkerChild } from "./worker-child.js";
import type { WorkerProgram } from "./worker-program.js";

/** Bounds of one worker. */
export interface WorkerLimits {
  /** Requests without an answer; further ones are refused as `busy`. */
  readonly openCalls: number;
  /** Longest silence of a worker that owes an answer; then it counts as hung and is killed. Milliseconds. */
  readonly answerMs: number;
  readonly patience: Patience;
  /** Wait for the last words on standard error after the process has gone. Milliseconds. */
  readonly lastWordsMs: number;
}

export const DEFAULT_LIMITS: WorkerLimits = {
  openCalls: 64,
  // The longest utterance in one piece is half a minute, and a slow board takes twice that.
  answerMs: 120_000,
  patience: DEFAULT_PATIENCE,
  lastWordsMs: 250,
};

export interface WorkerOptions {
  readonly name: string;
  readonly program: WorkerProgram;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: WorkerLimits;
}

/** A model's process. Starts on construction; a process that cannot be started looks like one that died at once. */
export class WorkerProcess implements ModelWorker {
  readonly pid: number;
  readonly exited: Promise<WorkerExit>;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: WorkerLimits;
  readonly #child: WorkerChild;
  readonly #calls: OpenCalls;
  readonly #speech: IncomingSpeech;
  /** Why nothing can be asked any more. */
  #gone: WorkerError | undefined;
  #stopping: Promise<WorkerExit> | undefined;
  #expected = false;
  #hung = false;
  #lastSession = 0;

  constructor({ name, program, clock, logger, limits }: WorkerOptions) {
    this.#name = name;
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = limits;
    this.#calls = new OpenCalls({
      clock,
      max: limits.openCalls,
      onLate: (waitedMs) => {
        this.#hung = this.#gone === undefined;
        this.#giveUp(hungError(name, waitedMs));
      },
    });
    this.#child = new WorkerChild({
      name,
      program,
      clock,
      lastWordsMs: limits.lastWordsMs,
      onMessage: (message) => this.#receive(message),
    });
    this.#speech = new IncomingSpeech(this.#calls, (message) => this.#child.post(message));
    this.pid = this.#child.pid;
    this.exited = this.#child.ended.then((end) => this.#ended(end));
  }

  oldestRequestMs(): number {
    return this.#calls.oldestMs();
  }

  load(spec: LoadSpec, deadlineMs: number): Promise<LoadedModel> {
    return this.#call("load", { spec }, deadlineMs);
  }

  async unload(model: string): Promise<void> {
    await this.#call("unload", { model });
  }

  preparePhrases(model: string, book: PhraseBookFile): Promise<PreparedReport> {
    return this.#call("prepare-phrases", { model, book });
  }

  openSpeech(model: string, options: TranscribeOptions): Promise<SpeechChannel> {
    return openSpeechChannel(this.#link(), model, options);
  }

  openVoiceDetector(model: string): Promise<VoiceDetectorChannel> {
    return openVoiceDetectorChannel(this.#link(), model);
  }

  openWake(model: string, options: WakeOptions): Promise<WakeChannel> {
    return openWakeChannel(this.#link(), model, options);
  }

  async *synthesize(
    model: string,
    request: SpeechRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Float32Array> {
    if (signal.aborted) return;
    const session = ++this.#lastSession;
    const sent = this.#send("synthesize", { session, model, request }, this.#limits.answerMs);
    yield* this.#speech.read({ session, ...sent }, signal);
  }

  stop(): Promise<WorkerExit> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  kill(): void {
    if (!this.#gone) this.#expected = true;
    const waitedMs = this.#calls.oldestMs();
    this.#giveUp(waitedMs > 0 ? hungError(this.#name, waitedMs) : endedError(this.#name));
  }

  async #stop(): Promise<WorkerExit> {
    if (this.#gone) return this.exited;
    this.#expected = true;
    this.#gone = endedError(this.#name);
    await terminate(
      {
        ask: () => this.#child.post({ kind: "stop" }),
        signal: (name) => this.#child.signal(name),
        exited: this.exited,
      },
      this.#clock,
      this.#limits.patience,
    );
    return this.exited;
  }

  /** Nothing more is expected of this process: all who wait hear it now, not when the kernel has cleaned up. */
  #giveUp(error: WorkerError): void {
    this.#gone ??= error;
    this.#calls.rejectAll(error);
    this.#child.signal("SIGKILL");
  }

  #ended(end: ChildEnd): WorkerExit {
    const exit = { ...end, expected: this.#expected, ...(this.#hung ? { hung: true } : {}) };
    this.#gone ??= exitError(this.#name, exit);
    this.#calls.rejectAll(this.#gone);
    return exit;
  }

  #link(): WorkerLink {
    return {
      session: ++this.#lastSession,
      call: (name, params) => this.#call(name, params),
      post: (message) => this.#child.post(message),
    };
  }

  async #call<N extends CallName>(
    name: N,
    params: CallParams<N>,
    limitMs = this.#limits.answerMs,
  ): Promise<CallResult<N>> {
    // The worker answers each call with the result its name stands for in WorkerCalls: both ends compile from it.
    return (await this.#send(name, params, limitMs).result) as CallResult<N>;
  }

  #send<N extends CallName>(name: N, params: CallParams<N>, limitMs: number) {
    if (this.#gone) throw this.#gone;
    const opened = this.#calls.open(limitMs);
    // Name and params belong together by the signature; the union type cannot be told so in a generic function.
    this.#child.post({ kind: "call", id: opened.id, name, params } as ToWorker);
    return opened;
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "answer":
        this.#calls.resolve(message.id, message.result);
        break;
      case "failure":
        this.#calls.reject(message.id, decodeError(message.error));
        break;
      case "chunk":
        this.#speech.receive(message.session, message.samples);
        break;
      case "warning":
        this.#logger.warn(message.message, { model: message.model });
        break;
    }
  }
}

function hungError(name: string, waitedMs: number): WorkerError {
  const seconds = Math.round(waitedMs / 1000);
  return new WorkerError(
    "worker-hung",
    `The worker for ${name} did not answer for ${seconds} s and was ended; it will be started again.`,
  );
}

function endedError(name: string): WorkerError {
  return new WorkerError("worker-crashed", `The worker for ${name} was ended.`);
}
