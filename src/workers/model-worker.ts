import type {
  LoadSpec,
  PreparedReport,
  SpeechRequest,
  SpeechSoFar,
  TranscribeOptions,
  Transcript,
  WakeHit,
  WakeOptions,
} from "../engines/capability.js";
import type { PhraseBookFile } from "../home/phrase-book.js";

/** What a model told about itself when it had loaded. */
export type LoadedModel =
  | {
      readonly capability: "stt";
      readonly streaming: boolean;
      readonly maxSamples?: number;
      /** True when it can be held to a phrase book. */
      readonly takesPhrases?: boolean;
    }
  | { readonly capability: "tts"; readonly rateHz: number; readonly speakers: readonly string[] }
  | { readonly capability: "vad"; readonly frameSamples: number }
  | { readonly capability: "wake"; readonly words: readonly string[] };

/** How a worker process ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True when we asked for it. */
  readonly expected: boolean;
  /** True when it was killed because it owed an answer for too long: no sign of anything else. */
  readonly hung?: boolean;
  /** Last lines of its standard error, for the reason. */
  readonly stderr: readonly string[];
}

/** A model's process, seen from the parent. Every method rejects with `WorkerError` once the process has gone. */
export interface ModelWorker {
  readonly pid: number;
  /** Settles once the process has gone, never rejects. */
  readonly exited: Promise<WorkerExit>;
  /** Milliseconds the oldest unanswered request has waited; 0 with none. */
  oldestRequestMs(): number;
  /** @throws {EngineError} and {WorkerError} */
  load(spec: LoadSpec, deadlineMs: number): Promise<LoadedModel>;
  /** Makes a phrase book ready in a model that takes phrases; utterances go on meanwhile. @throws {EngineError} */
  preparePhrases(model: string, book: PhraseBookFile): Promise<PreparedReport>;
  openSpeech(model: string, options: TranscribeOptions): Promise<SpeechChannel>;
  synthesize(model: string, request: SpeechRequest, signal: AbortSignal): AsyncIterable<Float32Array>;
  openVoiceDetector(model: string): Promise<VoiceDetectorChannel>;
  openWake(model: string, options: WakeOptions): Promise<WakeChannel>;
  /** Drops one model of a shared worker. */
  unload(model: string): Promise<void>;
  /** Ask, SIGTERM, SIGKILL. Resolves when the process has gone. Idempotent. */
  stop(): Promise<WorkerExit>;
  /** SIGKILL at once. */
  kill(): void;
}

/** The parent's end of one utterance. */
export interface SpeechChannel {
  accept(samples: Float32Array): Promise<SpeechSoFar | undefined>;
  finish(): Promise<Transcript>;
  cancel(): void;
}

export interface VoiceDetectorChannel {
  accept(samples: Float32Array): Promise<Float32Array>;
  cancel(): void;
}

export interface WakeChannel {
  accept(samples: Float32Array): Promise<readonly WakeHit[]>;
  cancel(): void;
}

/** Starts worker processes. */
export interface WorkerSpawner {
  /** @param name for process lists and logs: the model's id, or `shared`. */
  spawn(name: string): ModelWorker;
}
