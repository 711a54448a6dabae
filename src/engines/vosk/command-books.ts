import { EngineError, messageOf } from "../../base/errors.js";
import type { PhraseBookFile } from "../../home/phrase-book.js";
import { readPhraseBook } from "../../home/phrase-book-file.js";
import { baseLanguage } from "../../text/language.js";
import { ENGINE_RATE_HZ, type PreparedReport } from "../capability.js";
import { Lane } from "../lane.js";
import { MAX_ALTERNATIVES } from "./alternatives.js";
import { buildCommandBook, type CommandBook } from "./command-book.js";
import { CommandStream } from "./command-stream.js";
import type { Vocabulary } from "./grammar.js";
import type { LibVosk, VoskPointer } from "./libvosk.js";

/** Books kept ready: the one in use and the one it replaced. */
const KEPT_BOOKS = 2;

interface ReadyBook {
  readonly book: CommandBook;
  readonly report: PreparedReport;
  /** A recogniser held to this book that no utterance uses just now. */
  spare: VoskPointer | undefined;
}

export interface CommandBooksOptions {
  readonly library: LibVosk;
  readonly model: VoskPointer;
  readonly vocabulary: Vocabulary;
  readonly language: string | undefined;
  readonly warn: (sentence: string) => void;
}

/** The phrase books a model has ready, each with a recogniser that goes from utterance to utterance. */
export class CommandBooks {
  readonly #options: CommandBooksOptions;
  /** Oldest first. */
  readonly #ready = new Map<string, ReadyBook>();
  readonly #making = new Map<string, Promise<ReadyBook>>();
  readonly #streams = new Set<CommandStream>();
  readonly #opening = new Lane();
  #closed = false;

  constructor(options: CommandBooksOptions) {
    this.#options = options;
  }

  /** @throws {EngineError} `engine-failed` */
  async prepare(file: PhraseBookFile): Promise<PreparedReport> {
    const known = this.#ready.get(file.id);
    if (known) return { ...known.report, compileMs: 0 };
    return (await this.#make(file)).report;
  }

  /** Opens an utterance with the book, or with the last one that is ready while this one is made. */
  async open(file: PhraseBookFile): Promise<CommandStream> {
    const ready = this.#ready.get(file.id) ?? this.#meanwhile(file) ?? (await this.#make(file));
    return this.#opening.run(() => this.#openStream(ready));
  }

  async #openStream(ready: ReadyBook): Promise<CommandStream> {
    const recogniser = await this.#takeRecogniser(ready);
    const { library, language } = this.#options;
    const stream: CommandStream = new CommandStream({
      library,
      recogniser,
      book: ready.book,
      language,
      onClosed: () => {
        this.#streams.delete(stream);
        this.#opening
          .run(() => this.#giveBack(ready, recogniser))
          .catch((error: unknown) => {
            this.#options.warn(`A recogniser was lost: ${messageOf(error)}`);
          });
      },
    });
    this.#streams.add(stream);
    return stream;
  }

  /** Waits for what is being made or decoded: each recogniser holds the model. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#making.values());
    await this.#opening.run(async () => {
      for (const stream of [...this.#streams]) await stream.cancel();
      for (const ready of this.#ready.values()) this.#drop(ready);
      this.#ready.clear();
    });
    // The streams cancelled above give their recognisers back in turn.
    await this.#opening.run(async () => undefined);
  }

  #meanwhile(file: PhraseBookFile): ReadyBook | undefined {
    const last = [...this.#ready.values()].at(-1);
    if (last) {
      this.#make(file).catch((error: unknown) => {
        this.#options.warn(
          `The phrase book could not be replaced, the earlier one goes on: ${messageOf(error)}`,
        );
      });
    }
    return last;
  }

  /** All who want the same book wait for one. */
  #make(file: PhraseBookFile): Promise<ReadyBook> {
    const known = this.#making.get(file.id);
    if (known) return known;
    const making = this.#compile(file).finally(() => this.#making.delete(file.id));
    this.#making.set(file.id, making);
    return making;
  }

  async #compile(file: PhraseBookFile): Promise<ReadyBook> {
    const startedAt = performance.now();
    const read = await readPhraseBook(file).catch((cause: unknown) => {
      throw new EngineError(
        "engine-failed",
        `The phrase book ${file.path} cannot be read: ${messageOf(cause)}`,
        {
          cause,
        },
      );
    });
    const { language } = this.#options;
    if (language !== undefined && baseLanguage(language) !== read.language) {
      throw new EngineError(
        "engine-failed",
        `The phrase book is ${read.language}, the model ${language}; choose one of its language.`,
      );
    }
    const book = await buildCommandBook(read, this.#options.vocabulary);
    if (!book) {
      throw new EngineError(
        "engine-failed",
        "The model knows the words of no sentence; choose one of the right language.",
      );
    }
    const spare = await this.#newRecogniser(book);
    const compileMs = performance.now() - startedAt;
    const { id, phrases, unknownWords } = book;
    const ready: ReadyBook = { book, report: { book: id, phrases, unknownWords, compileMs }, spare };
    if (this.#closed) this.#drop(ready);
    else this.#keep(ready);
    return ready;
  }

  #keep(ready: ReadyBook): void {
    this.#ready.set(ready.book.id, ready);
    for (const [id, old] of [...this.#ready].slice(0, -KEPT_BOOKS)) {
      this.#ready.delete(id);
      this.#drop(old);
    }
  }

  async #takeRecogniser(ready: ReadyBook): Promise<VoskPointer> {
    const { spare } = ready;
    if (spare === undefined || this.#closed) return this.#newRecogniser(ready.book);
    ready.spare = undefined;
    return spare;
  }

  async #newRecogniser({ grammar }: CommandBook): Promise<VoskPointer> {
    if (this.#closed) throw new EngineError("engine-failed", "The Vosk model has been closed.");
    const { library, model } = this.#options;
    const recogniser = await library.newRecogniser(model, grammar);
    if (recogniser === undefined) {
      throw new EngineError("engine-failed", "libvosk made no recogniser; the model may be damaged.");
    }
    library.setAlternatives(recogniser, MAX_ALTERNATIVES);
    return recogniser;
  }

  /** One spare is enough: commands come one at a time, mostly. */
  async #giveBack(ready: ReadyBook, recogniser: VoskPointer): Promise<void> {
    const isWanted = () =>
      this.#ready.get(ready.book.id) === ready && ready.spare === undefined && !this.#closed;
    if (isWanted() && (await this.#forget(recogniser)) && isWanted()) ready.spare = recogniser;
    else this.#options.library.freeRecogniser(recogniser);
  }

  /** Only a final result lets go of the voice of an utterance, and only sound brings a final result. */
  async #forget(recogniser: VoskPointer): Promise<boolean> {
    const { library } = this.#options;
    const status = await library.accept(recogniser, new Float32Array(ENGINE_RATE_HZ / 10));
    await library.finalResult(recogniser);
    library.resetRecogniser(recogniser);
    return status >= 0;
  }

  #drop(ready: ReadyBook): void {
    if (ready.spare !== undefined) this.#options.library.freeRecogniser(ready.spare);
    ready.spare = undefined;
  }
}
