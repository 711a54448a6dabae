import type { WavPiece } from "./wav-samples.js";

/** What is to be said, and how. */
export interface EspeakOrder {
  readonly text: string;
  /** A language code of the listing. */
  readonly voice: string;
  readonly wordsPerMinute: number;
  /** 0 to 99. */
  readonly pitch: number;
  readonly ssml: boolean;
}

/** One way to eSpeak NG: the installed program, or its WebAssembly build. */
export interface EspeakBackEnd {
  /** For messages to people. */
  readonly name: string;
  /** Voices in the columns of `espeak-ng --voices`. @throws {EngineError} `engine-load-failed` */
  listVoices(): Promise<string>;
  /** The sound as it is made. Leaving the loop or aborting stops the making. @throws {EngineError} `engine-failed` */
  speak(order: EspeakOrder, signal: AbortSignal): AsyncIterable<WavPiece>;
  close(): void;
}
