import { EngineError } from "../../base/errors.js";
import {
  type CommandHeard,
  ENGINE_RATE_HZ,
  type SpeechSoFar,
  type SpeechStream,
  type Transcript,
} from "../capability.js";
import { Lane } from "../lane.js";
import { type Alternative, joinAlternatives, parseAlternatives } from "./alternatives.js";
import type { CommandBook } from "./command-book.js";
import { judgeCommand } from "./judge-command.js";
import type { LibVosk, VoskPointer } from "./libvosk.js";
import { parsePiece } from "./results.js";
import { BLOCK_SAMPLES, toIntegerRange } from "./vosk-stream.js";

/** Longest audio that is still looked at as a command. */
const MAX_SAMPLES = 12 * ENGINE_RATE_HZ;
/** Longest first decoding after which there is a second one in any case, and when there was no clear command. Milliseconds. */
const SECOND_LOOK_MS = { always: 200, inDoubt: 800 };

/** Confidence of a command that needs no second look. */
const CLEAR = 0.8;

export interface CommandStreamOptions {
  readonly library: LibVosk;
  readonly recogniser: VoskPointer;
  readonly book: CommandBook;
  readonly language: string | undefined;
  /** Called once, when the recogniser may be used for another utterance. */
  readonly onClosed: (recogniser: VoskPointer) => void;
}

/**
 * One utterance, held to a phrase book. Where decoding is quick, the audio is decoded a second time: by then the decoder
 * knows the voice, and the first words of a short command come out better.
 */
export class CommandStream implements SpeechStream {
  readonly #options: CommandStreamOptions;
  readonly #lane = new Lane();
  readonly #blocks: Float32Array[] = [];
  readonly #pieces: (readonly Alternative[])[] = [];
  #samples = 0;
  #decodingMs = 0;
  #lastText = "";
  #open = true;
  #closed = false;

  constructor(options: CommandStreamOptions) {
    this.#options = options;
  }

  accept(samples: Float32Array): Promise<SpeechSoFar | undefined> {
    // The caller may reuse its array once this call has returned.
    const scaled = samples.map(toIntegerRange);
    return this.#lane.run(async () => {
      this.#assertOpen();
      this.#samples += scaled.length;
      if (this.#tooLong) return undefined;
      this.#blocks.push(scaled);
      await this.#decode(scaled);
      return this.#changedText();
    });
  }

  finish(): Promise<Transcript> {
    return this.#lane.run(async () => {
      this.#assertOpen();
      this.#open = false;
      try {
        const command = await this.#judge();
        const { language } = this.#options;
        if (command.decision === "dictate") return { text: "", command };
        const { text, confidence } = command;
        return { text, confidence, command, ...(language === undefined ? {} : { language }) };
      } finally {
        this.#close();
      }
    });
  }

  async cancel(): Promise<void> {
    this.#open = false;
    await this.#lane.run(async () => this.#close());
  }

  get #tooLong(): boolean {
    return this.#samples > MAX_SAMPLES;
  }

  async #judge(): Promise<CommandHeard> {
    const { library, recogniser } = this.#options;
    if (this.#tooLong) {
      const why = `it is longer than ${MAX_SAMPLES / ENGINE_RATE_HZ} seconds`;
      return { decision: "dictate", text: "", intent: "", heard: "", distance: 1, confidence: 0, why };
    }
    const firstMs = this.#decodingMs;
    if (firstMs > SECOND_LOOK_MS.inDoubt) return this.#decide(await library.finalResult(recogniser));
    // A result that is not final leaves the recogniser with what it has learned of the voice.
    const first = this.#decide(await library.result(recogniser));
    const clear = first.decision === "accept" && first.confidence >= CLEAR;
    if (clear && firstMs > SECOND_LOOK_MS.always) return first;
    this.#pieces.length = 0;
    for (const block of this.#blocks) await this.#decode(block);
    const second = this.#decide(await library.finalResult(recogniser));
    return second.decision === "accept" ? second : better(first, second);
  }

  #decide(lastResult: string): CommandHeard {
    this.#pieces.push(parseAlternatives(lastResult));
    return judgeCommand(joinAlternatives(this.#pieces), this.#options.book.matcher);
  }

  async #decode(samples: Float32Array): Promise<void> {
    const { library, recogniser } = this.#options;
    const startedAt = performance.now();
    for (let start = 0; start < samples.length; start += BLOCK_SAMPLES) {
      const status = await library.accept(recogniser, samples.subarray(start, start + BLOCK_SAMPLES));
      if (status < 0)
        throw new EngineError("engine-failed", "libvosk failed to decode the audio; try again.");
      // After a pause libvosk starts over with the next block and forgets what was not taken.
      if (status > 0) this.#pieces.push(parseAlternatives(await library.result(recogniser)));
    }
    this.#decodingMs += performance.now() - startedAt;
  }

  async #changedText(): Promise<SpeechSoFar | undefined> {
    const { library, recogniser } = this.#options;
    const { text } = parsePiece(await library.partial(recogniser));
    const ended = this.#pieces.flatMap((piece) => piece[0]?.words ?? []);
    const soFar = [...ended, text].join(" ").trim();
    if (soFar === this.#lastText) return undefined;
    this.#lastText = soFar;
    // Which sentence it is shows at the end only.
    return { text: soFar, settled: "" };
  }

  #assertOpen(): void {
    if (!this.#open) throw new EngineError("engine-failed", "The utterance has ended; open another.");
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#blocks.length = 0;
    this.#options.onClosed(this.#options.recogniser);
  }
}

/** A command before none, then the nearer one, then the one the decoder is surer of. */
function better(first: CommandHeard, second: CommandHeard): CommandHeard {
  if (first.decision !== second.decision) return first.decision === "accept" ? first : second;
  if (first.distance !== second.distance) return first.distance < second.distance ? first : second;
  return second.confidence > first.confidence ? second : first;
}
