import type { Capability } from "../catalog/manifest.js";
import type { PhraseBookFile } from "../home/phrase-book.js";

/** Everything a loader may know. Paths are absolute; settings are the provider's part of the configuration. */
export interface LoadSpec {
  /** Catalog id. */
  readonly model: string;
  /** Registry name. */
  readonly provider: string;
  /** The model's files by role; empty for providers without any. */
  readonly paths: Readonly<Record<string, string>>;
  /** From the manifest. */
  readonly params: Readonly<Record<string, unknown>>;
  /** From the configuration, `providers.<kind>.<name>`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly threads: number;
  /** ONNX Runtime's memory arena: faster for some models, 50 MB smaller without for others. */
  readonly arena: boolean;
}

/** A loaded model. One process holds one, except the small shared ones. */
export type Provider = SpeechToText | TextToSpeech | VoiceDetector | WakeDetector;

/** Rate all audio into engines has: mono samples in [-1, 1] at 16 kHz. */
export const ENGINE_RATE_HZ = 16_000;

export interface SpeechToText {
  readonly capability: "stt";
  /** True when `accept` decodes as audio arrives, so that `finish` is nearly free. */
  readonly streaming: boolean;
  /** Longest utterance in samples the engine does well in one piece; longer audio is cut at pauses by the caller. */
  readonly maxSamples?: number;
  /** True when the model can be held to a phrase book: `prepare` is there then. */
  readonly takesPhrases?: boolean;
  open(options: TranscribeOptions): Promise<SpeechStream>;
  /**
   * Makes a phrase book ready, off the thread; utterances go on meanwhile. The last books are kept, so that one is
   * replaced without a gap. The same book again costs nothing.
   * @throws {EngineError} `engine-failed` when the book cannot be read or says nothing in this model's words
   */
  prepare?(book: PhraseBookFile): Promise<PreparedReport>;
  close(): Promise<void>;
}

/** How a phrase book fits a model. */
export interface PreparedReport {
  /** Id of the book. */
  readonly book: string;
  /** Distinct sentences that can be understood. */
  readonly phrases: number;
  /** Words the model does not know, each once. */
  readonly unknownWords: readonly UnknownWord[];
  /** Milliseconds to compile it; 0 when it was ready before. */
  readonly compileMs: number;
}

/** A word outside a model's vocabulary. */
export interface UnknownWord {
  readonly word: string;
  /** Names it occurs in, as the home writes them; empty for a word of the templates. */
  readonly names: readonly string[];
  /** In words the model knows, when that was found: such a name is understood. Without, it is not. */
  readonly respelled?: string;
  /** Known words that sound alike, to offer as an alias where there is no respelling. */
  readonly suggestion?: string;
}

export interface TranscribeOptions {
  /** Language code asked for; absent means the model's default or detection. */
  readonly language?: string;
  /** Words likely to occur, most important first; engines that cannot use them ignore them. */
  readonly terms?: readonly string[];
  /** The only sentences expected, for engines with a grammar. */
  readonly grammar?: readonly string[];
  /**
   * The home's phrase book, for models that take phrases; the transcript then has a `command`. A book that is not
   * ready is made ready: with an earlier one at hand that one serves until then, else the opening waits.
   */
  readonly phrases?: PhraseBookFile;
}

/** What a streaming engine has understood so far. */
export interface SpeechSoFar {
  readonly text: string;
  /** The part of the text, from its begin, that later audio does not change; empty where nobody can tell. */
  readonly settled: string;
}

/** One utterance. Calls come one at a time, in stream order. */
export interface SpeechStream {
  /** @param samples 16 kHz mono. @returns the text so far, where the engine streams and it changed. */
  accept(samples: Float32Array): Promise<SpeechSoFar | undefined>;
  /** Ends the audio. Call once. @throws {EngineError} `engine-failed` */
  finish(): Promise<Transcript>;
  /** Frees the stream without a result; harmless after `finish`. */
  cancel(): Promise<void>;
}

export interface Transcript {
  /** Empty when nothing was said; with a phrase book, when no command was accepted. */
  readonly text: string;
  readonly language?: string;
  /** 0 to 1, where the engine knows. */
  readonly confidence?: number;
  readonly words?: readonly TranscriptWord[];
  /** Only for utterances opened with a phrase book. */
  readonly command?: CommandHeard;
}

/** What an utterance is as a command of the home. */
export interface CommandHeard {
  /** `accept`: it is this command. `dictate`: it is something else, or not certain enough to be acted on. */
  readonly decision: "accept" | "dictate";
  /** The nearest sentence, as it is written: `set Bed Light brightness to 50 percent`. Empty with none near. */
  readonly text: string;
  /** Heading of its template: `lights`. */
  readonly intent: string;
  /** The words of the model. */
  readonly heard: string;
  /** From what was heard to the sentence: 0 is the same, 1 shares nothing with it. */
  readonly distance: number;
  /** 0 to 1: what the decoder thinks of the words and how near they are. */
  readonly confidence: number;
  /** One sentence for a trace: why it was decided so. */
  readonly why: string;
}

export interface TranscriptWord {
  readonly text: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly confidence?: number;
}

export interface TextToSpeech {
  readonly capability: "tts";
  readonly rateHz: number;
  readonly speakers: readonly string[];
  /**
   * Mono samples in [-1, 1] at `rateHz`, in pieces as they are ready; ends early when the signal aborts.
   * Text with nothing speakable yields nothing.
   * @throws {EngineError} `engine-failed`
   */
  synthesize(request: SpeechRequest, signal: AbortSignal): AsyncIterable<Float32Array>;
  close(): Promise<void>;
}

export interface SpeechRequest {
  readonly text: string;
  readonly language?: string;
  /** Unknown names fall back to the default speaker. */
  readonly speaker?: string;
  /** Speed factor, 1 is normal. */
  readonly speed?: number;
  readonly ssml?: boolean;
}

export interface VoiceDetector {
  readonly capability: "vad";
  readonly frameSamples: number;
  open(): VoiceDetectorStream;
  close(): Promise<void>;
}

export interface VoiceDetectorStream {
  /** @returns probability of speech in [0, 1] for each whole frame completed by these samples. */
  accept(samples: Float32Array): Promise<Float32Array>;
  cancel(): void;
}

export interface WakeDetector {
  readonly capability: "wake";
  /** Words this model can hear. */
  readonly words: readonly string[];
  open(options: WakeOptions): WakeStream;
  close(): Promise<void>;
}

export interface WakeOptions {
  /** Words to listen for; empty means all. */
  readonly words: readonly string[];
  /** Score from which a frame counts, 0 to 1. */
  readonly threshold: number;
  /** Frames above the threshold in a row before a detection. */
  readonly triggerLevel: number;
  /** Milliseconds after a detection in which the same word is not reported again. */
  readonly refractoryMs: number;
}

export interface WakeStream {
  accept(samples: Float32Array): Promise<readonly WakeHit[]>;
  cancel(): void;
}

export interface WakeHit {
  readonly word: string;
  readonly score: number;
  /** Milliseconds of audio since the stream opened. */
  readonly atMs: number;
}

/** How a provider joins the program. Descriptors import nothing native; `load` does, and only inside a worker. */
export interface ProviderDescriptor {
  /** `moonshine`, as in the configuration and in model ids. */
  readonly name: string;
  readonly capability: Capability;
  /** Inference library: `sherpa-onnx-node`, `onnxruntime-node`, `libvosk`, `espeak-ng`. */
  readonly engine: string;
  /** Shown in log lines of the warm-up: `Whisper`, `Silero v3 TTS`. */
  readonly title: string;
  /** `shared`: small enough to live with others in one process. */
  readonly isolation: "own" | "shared";
  /** Whether a model with these params, from its manifest, hears while audio arrives. Absent: none does. */
  streams?(params: LoadSpec["params"]): boolean;
  /** Whether it can work on this machine at all; cheap, and never loads the library. */
  available(): Promise<Availability>;
  /**
   * What this machine lacks beside any model and what can be downloaded: the id of an entry of `models/parts`, whose
   * files then come with the model's. Undefined when nothing is missing. Cheap, like `available`.
   * @param settings the provider's part of the configuration
   */
  part?(settings: Readonly<Record<string, unknown>>): Promise<string | undefined>;
  /**
   * Runs inside the worker.
   * @param warn told, in one sentence, what was asked for and cannot be honoured
   * @throws {EngineError} `engine-load-failed`, `engine-unavailable`, `engine-bad-graph`
   */
  load(spec: LoadSpec, warn: (sentence: string) => void): Promise<Provider>;
}

export type Availability = { readonly ok: true } | { readonly ok: false; readonly reason: string };
