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
import type { WireError } from "./error-wire.js";
import type { LoadedModel } from "./model-worker.js";

/**
 * Everything the parent may call in a worker, with what comes back. Sessions are numbered by the parent and never
 * reused; audio crosses as `Float32Array` at 16 kHz (the advanced serialization of `child_process` keeps it binary).
 */
export interface WorkerCalls {
  load: { readonly params: { readonly spec: LoadSpec }; readonly result: LoadedModel };
  unload: { readonly params: { readonly model: string }; readonly result: undefined };
  "prepare-phrases": {
    readonly params: { readonly model: string; readonly book: PhraseBookFile };
    readonly result: PreparedReport;
  };
  "open-speech": {
    readonly params: {
      readonly session: number;
      readonly model: string;
      readonly options: TranscribeOptions;
    };
    readonly result: undefined;
  };
  "speech-accept": { readonly params: SessionAudio; readonly result: SpeechSoFar | undefined };
  "speech-finish": { readonly params: { readonly session: number }; readonly result: Transcript };
  /** Answered after the last `chunk` message of the session. */
  synthesize: {
    readonly params: { readonly session: number; readonly model: string; readonly request: SpeechRequest };
    readonly result: undefined;
  };
  "open-vad": {
    readonly params: { readonly session: number; readonly model: string };
    readonly result: undefined;
  };
  "vad-accept": { readonly params: SessionAudio; readonly result: Float32Array };
  "open-wake": {
    readonly params: { readonly session: number; readonly model: string; readonly options: WakeOptions };
    readonly result: undefined;
  };
  "wake-accept": { readonly params: SessionAudio; readonly result: readonly WakeHit[] };
}

interface SessionAudio {
  readonly session: number;
  readonly samples: Float32Array;
}

export type CallName = keyof WorkerCalls;
export type CallParams<N extends CallName> = WorkerCalls[N]["params"];
export type CallResult<N extends CallName> = WorkerCalls[N]["result"];

/** One call by name, so that a switch over `name` narrows `params`. */
export type Call = {
  [N in CallName]: {
    readonly kind: "call";
    readonly id: number;
    readonly name: N;
    readonly params: CallParams<N>;
  };
}[CallName];

/** What the parent sends. */
export type ToWorker =
  | Call
  /** Ends a session early; not answered. Unknown sessions are ignored: they ended meanwhile. */
  | { readonly kind: "cancel"; readonly session: number }
  /** The consumer took one chunk; the worker may send another. */
  | { readonly kind: "chunk-read"; readonly session: number }
  /** Close the models and exit. */
  | { readonly kind: "stop" };

/** What a worker sends. */
export type FromWorker =
  | { readonly kind: "answer"; readonly id: number; readonly result: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly error: WireError }
  | { readonly kind: "chunk"; readonly session: number; readonly samples: Float32Array }
  /** Something the user should know that is no failure: an option that cannot be honoured. */
  | { readonly kind: "warning"; readonly model: string; readonly message: string };

/** Chunks of one synthesis on their way and not yet taken by the consumer. */
export const CHUNK_WINDOW = 8;

/** Longest chunk, so that the window bounds memory: 16384 samples are 64 KiB, 0.74 s at 22.05 kHz. */
export const CHUNK_SAMPLES = 16_384;
