import { EngineError } from "../../base/errors.js";
import type { PhraseBookFile } from "../../home/phrase-book.js";
import type { PreparedReport, SpeechStream, SpeechToText, TranscribeOptions } from "../capability.js";
import { Lane } from "../lane.js";
import { CommandBooks } from "./command-books.js";
import { buildGrammar, findUnknownWord, type Grammar, type Vocabulary } from "./grammar.js";
import type { LibVosk, VoskPointer } from "./libvosk.js";
import { VoskStream } from "./vosk-stream.js";

export interface VoskSttOptions {
  readonly library: LibVosk;
  readonly model: VoskPointer;
  /** Whether the model can be bound to a grammar. */
  readonly takesGrammar: boolean;
  readonly language: string | undefined;
  /** Sentences or words to bind every utterance to that brings no grammar itself; empty for free speech. */
  readonly grammar: readonly string[];
  readonly warn: (sentence: string) => void;
}

/** How many missing words a warning names. */
const NAMED_WORDS = 8;

/** A Vosk model: decodes while audio arrives, bound to a grammar where one is given. */
export class VoskStt implements SpeechToText {
  readonly capability = "stt";
  readonly streaming = true;
  readonly takesPhrases: boolean;
  readonly #options: VoskSttOptions;
  readonly #vocabulary: Vocabulary;
  readonly #settled: Grammar | undefined;
  readonly #streams = new Set<VoskStream>();
  readonly #warned = new Set<string>();
  readonly #opening = new Lane();
  readonly #books: CommandBooks;
  #closed = false;

  constructor(options: VoskSttOptions) {
    this.#options = options;
    const has = (word: string) => options.library.hasWord(options.model, word);
    this.#vocabulary = { has, unknownWord: findUnknownWord(has) };
    this.#settled = this.#buildGrammar(options.grammar);
    this.takesPhrases = options.takesGrammar;
    this.#books = new CommandBooks({ ...options, vocabulary: this.#vocabulary });
  }

  prepare(book: PhraseBookFile): Promise<PreparedReport> {
    if (this.takesPhrases) return this.#books.prepare(book);
    return Promise.reject(
      new EngineError("engine-failed", "This Vosk model has a fixed graph and cannot be held to sentences."),
    );
  }

  open({ grammar, phrases }: TranscribeOptions): Promise<SpeechStream> {
    if (phrases && this.takesPhrases) return this.#books.open(phrases);
    return this.#opening.run(() =>
      this.#openStream(grammar?.length ? this.#buildGrammar(grammar) : this.#settled),
    );
  }

  /** Recognisers first, also those being made: each holds the model. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#books.close();
    await this.#opening.run(async () => {
      for (const stream of [...this.#streams]) await stream.cancel();
    });
    this.#options.library.freeModel(this.#options.model);
  }

  async #openStream(bound: Grammar | undefined): Promise<VoskStream> {
    const { library, model, language } = this.#options;
    if (this.#closed) throw new EngineError("engine-failed", "The Vosk model has been closed.");
    const recogniser = await library.newRecogniser(model, bound?.json);
    if (recogniser === undefined) {
      throw new EngineError("engine-failed", "libvosk made no recogniser; the model may be damaged.");
    }
    const stream = new VoskStream({
      library,
      recogniser,
      language,
      unknownWord: this.#vocabulary.unknownWord,
      isBound: bound !== undefined,
      restore: bound?.restore ?? ((heard) => heard),
      onClosed: () => this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    return stream;
  }

  #buildGrammar(sentences: readonly string[]): Grammar | undefined {
    if (sentences.length === 0) return undefined;
    if (!this.#options.takesGrammar) {
      this.#warnOnce(
        "This Vosk model has a fixed graph and cannot be bound to sentences; all its words are heard.",
      );
      return undefined;
    }
    const grammar = buildGrammar(sentences, this.#vocabulary);
    if (grammar.missing.length > 0) {
      const named = grammar.missing.slice(0, NAMED_WORDS).join(", ");
      const more = grammar.missing.length > NAMED_WORDS ? ", …" : "";
      const effect = grammar.json ? "sentences with them are left out" : "all its words are heard instead";
      this.#warnOnce(`The Vosk model does not know some words of the grammar (${named}${more}): ${effect}.`);
    }
    return grammar.json === undefined ? undefined : grammar;
  }

  /** The same grammar comes with each utterance; its warning is news only once. */
  #warnOnce(sentence: string): void {
    if (this.#warned.has(sentence)) return;
    this.#warned.clear();
    this.#warned.add(sentence);
    this.#options.warn(sentence);
  }
}
