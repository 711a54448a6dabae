import { EngineError } from "../../base/errors.js";
import { ENGINE_RATE_HZ, type SpeechSoFar, type SpeechStream, type Transcript } from "../capability.js";
import { Lane } from "../lane.js";
import type { LibVosk, VoskPointer } from "./libvosk.js";
import { type HeardPiece, joinPieces, knownText, parsePiece } from "./results.js";

/** Longest stretch decoded in one call: pauses are looked for between calls, and a cancel waits for one call at most. */
export const BLOCK_SAMPLES = ENGINE_RATE_HZ / 5;
/** libvosk's floats have the range of 16-bit integers; what is no number would spoil all that follows. */
export const toIntegerRange = (sample: number): number =>
  Number.isFinite(sample) ? Math.min(1, Math.max(-1, sample)) * 32_767 : 0;

export interface VoskStreamOptions {
  readonly library: LibVosk;
  readonly recogniser: VoskPointer;
  readonly language: string | undefined;
  readonly unknownWord: string | undefined;
  /** True when only the sentences of a grammar are heard. */
  readonly isBound: boolean;
  /** Gives a sentence of the grammar back as its author wrote it. */
  readonly restore: (heard: string) => string;
  /** Called once, when the recogniser has been freed. */
  readonly onClosed: () => void;
}

/** One utterance in one recogniser. libvosk is called off the thread, one call at a time. */
export class VoskStream implements SpeechStream {
  readonly #options: VoskStreamOptions;
  readonly #pieces: HeardPiece[] = [];
  #lastText = "";
  #open = true;
  #freed = false;
  readonly #lane = new Lane();

  constructor(options: VoskStreamOptions) {
    this.#options = options;
  }

  accept(samples: Float32Array): Promise<SpeechSoFar | undefined> {
    // The caller may reuse its array once this call has returned.
    const scaled = samples.map(toIntegerRange);
    return this.#inTurn(async () => {
      for (let start = 0; start < scaled.length; start += BLOCK_SAMPLES) {
        await this.#decode(scaled.subarray(start, start + BLOCK_SAMPLES));
      }
      return this.#changedText();
    });
  }

  finish(): Promise<Transcript> {
    return this.#inTurn(async () => {
      const { library, recogniser, language, unknownWord, restore } = this.#options;
      this.#open = false;
      try {
        this.#pieces.push(parsePiece(await library.finalResult(recogniser)));
      } finally {
        this.#free();
      }
      const heard = joinPieces(this.#pieces, unknownWord);
      const text = restore(heard.text);
      if (text === "") return { text };
      return { ...heard, text, ...(language === undefined ? {} : { language }) };
    });
  }

  /** Waits for the call in progress: a recogniser freed under libvosk's hands ends the process. */
  async cancel(): Promise<void> {
    this.#open = false;
    await this.#lane.run(async () => this.#free());
  }

  async #decode(block: Float32Array): Promise<void> {
    this.#assertOpen();
    const { library, recogniser } = this.#options;
    const status = await library.accept(recogniser, block);
    if (status < 0) throw new EngineError("engine-failed", "libvosk failed to decode the audio; try again.");
    // After a pause libvosk starts over with the next block and forgets what was not taken.
    if (status > 0) this.#pieces.push(parsePiece(await library.result(recogniser)));
  }

  async #changedText(): Promise<SpeechSoFar | undefined> {
    this.#assertOpen();
    const { library, recogniser, unknownWord, isBound } = this.#options;
    const { text } = parsePiece(await library.partial(recogniser));
    const ended = this.#pieces.map((piece) => piece.text);
    const soFar = knownText([...ended, text], unknownWord);
    if (soFar === this.#lastText) return undefined;
    this.#lastText = soFar;
    // What stands before a pause is final, unless the whole is to become a sentence of the grammar.
    return { text: soFar, settled: isBound ? "" : knownText(ended, unknownWord) };
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.#lane.run(() => {
      this.#assertOpen();
      return task();
    });
  }

  #assertOpen(): void {
    if (!this.#open) throw new EngineError("engine-failed", "The utterance has ended; open another.");
  }

  #free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#options.library.freeRecogniser(this.#options.recogniser);
    this.#options.onClosed();
  }
}
