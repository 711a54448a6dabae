import type { PcmFormat } from "../audio/pcm.js";
import type { Transcript, WakeHit } from "../engines/capability.js";

/** Who asks, for the trace and the logs. */
export interface Origin {
  readonly gateway: "wyoming" | "hermes" | "http" | "cli" | "microphone";
  /** Address or site of the peer. */
  readonly peer?: string;
}

/** All that gateways may ask for. */
export interface VoiceSessions {
  transcribe(request: TranscribeRequest): TranscribeSession;
  synthesize(request: SynthesizeRequest): SynthesizeSession;
  detectWake(request: DetectWakeRequest): WakeSession;
}

export interface TranscribeRequest {
  readonly origin: Origin;
  /** Language code; absent means the configured default. */
  readonly language?: string;
  /** Catalog id or its part after the slash; absent means the choice for the language. */
  readonly model?: string;
  readonly terms?: readonly string[];
  /** Ask for the end of speech to be found here: `onEndOfSpeech` fires and further audio is ignored. */
  readonly endpointing?: boolean;
  /** Silence that ends the speech, in seconds; absent means the configured one. Counts with `endpointing` only. */
  readonly endSilenceSeconds?: number;
  readonly onPartial?: (text: string) => void;
  /** Told the begin of the text, longer each time, once it is known that the rest of the audio will not change it. */
  readonly onSettled?: (text: string) => void;
  readonly onEndOfSpeech?: () => void;
}

/** One utterance from first to last chunk. Holds a lease; `finish` or `cancel` must be called. */
export interface TranscribeSession {
  readonly id: string;
  /**
   * Takes audio in any supported format, in order. Never waits: audio is buffered to a bound while the model loads.
   * @throws {SessionError} `unsupported-audio`, `too-long`
   */
  accept(format: PcmFormat, bytes: Uint8Array): void;
  /**
   * Ends the audio. Without any audio the text is empty and no model is touched.
   * @throws {SessionError} `deadline`, `busy`, `no-model`, and what the model's load or run threw
   */
  finish(): Promise<TranscribeResult>;
  cancel(): void;
}

export interface TranscribeResult extends Transcript {
  /** Catalog id that answered. */
  readonly model: string;
  /** Set when another model than the chosen one answered: why. */
  readonly degraded?: string;
  /** Where commands are listened for: whether this is one, or was written down as it was heard. */
  readonly decided?: "command" | "dictation";
  /** Why it was decided so, in one sentence. */
  readonly why?: string;
}

export interface SynthesizeRequest {
  readonly origin: Origin;
  readonly text: string;
  readonly language?: string;
  /** Catalog id of a TTS model or its part after the slash. */
  readonly voice?: string;
  readonly speaker?: string;
  readonly speed?: number;
  readonly ssml?: boolean;
  /** Resample to this; absent means the voice's own rate. */
  readonly rateHz?: number;
}

export interface SynthesizeSession {
  readonly id: string;
  /** Known once the voice is ready. @throws as `audio` does */
  readonly format: Promise<PcmFormat>;
  /** 16-bit little-endian mono, in pieces of any size. Iterate once; leaving the loop early stops the engine. */
  readonly audio: AsyncIterable<Uint8Array>;
  cancel(): void;
}

export interface DetectWakeRequest {
  readonly origin: Origin;
  /** Words asked for; unknown ones are ignored; empty means all configured. */
  readonly words: readonly string[];
  readonly onDetection: (hit: WakeHit) => void;
  readonly onError: (error: Error) => void;
}

export interface WakeSession {
  readonly id: string;
  accept(format: PcmFormat, bytes: Uint8Array): void;
  /** Ends the audio and resolves once all of it was listened to. Absent where the last hits may be lost. */
  finish?(): Promise<void>;
  close(): void;
}
