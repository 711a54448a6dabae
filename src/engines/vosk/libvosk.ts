import { EngineError } from "../../base/errors.js";

/** A pointer of libvosk. Passing a freed one back ends the process. */
export type VoskPointer = bigint;

/** The part of libvosk's C interface in use, with strings and numbers as JavaScript has them. */
export interface LibVosk {
  /** Reads a model on libuv's thread pool; undefined when libvosk refuses it. */
  newModel(dir: string): Promise<VoskPointer | undefined>;
  freeModel(model: VoskPointer): void;
  /** Whether the model knows the word, spelled exactly so. */
  hasWord(model: VoskPointer, word: string): boolean;
  /** @param grammar JSON list of phrases; undefined for the model's whole vocabulary. */
  newRecogniser(model: VoskPointer, grammar: string | undefined): Promise<VoskPointer | undefined>;
  /** @param alternatives how many readings of an utterance its results give; such results have no confidence of words */
  setAlternatives(recogniser: VoskPointer, alternatives: number): void;
  /** Forgets the utterance, so that another can begin. */
  resetRecogniser(recogniser: VoskPointer): void;
  freeRecogniser(recogniser: VoskPointer): void;
  /**
   * Decodes on the thread pool; one call at a time for each recogniser.
   * @param samples 16 kHz mono in the range of 16-bit integers
   * @returns 1 at a pause: take `result` before the next call; 0 to go on; negative on failure
   */
  accept(recogniser: VoskPointer, samples: Float32Array): Promise<number>;
  /** JSON of the phrase that ended at a pause. */
  result(recogniser: VoskPointer): Promise<string>;
  /** JSON of what was heard since the last pause. */
  partial(recogniser: VoskPointer): Promise<string>;
  /** JSON of the rest; ends the stream. */
  finalResult(recogniser: VoskPointer): Promise<string>;
}

/** Kaldi's chatter about models and grammars off; its errors still reach standard error. */
const LOG_LEVEL = -1;

/**
 * Loads libvosk through koffi.
 * @throws {EngineError} `engine-unavailable` when it cannot be loaded or lacks a function
 * @see https://github.com/alphacep/vosk-api — src/vosk_api.h
 */
export async function openLibVosk(path: string, rateHz: number): Promise<LibVosk> {
  try {
    const { default: koffi } = await import("koffi");
    return bind(koffi.load(path), rateHz);
  } catch (cause) {
    throw new EngineError(
      "engine-unavailable",
      `${path} cannot be used as libvosk; install one built for this system.`,
      { cause },
    );
  }
}

type Pooled<Arguments extends readonly unknown[], Result> = (...args: Arguments) => Promise<Result>;

function bind(library: import("koffi").LibraryHandle, rateHz: number): LibVosk {
  // koffi types every function as taking and giving anything: the prototype text beside it is the only check.
  const direct = <A extends readonly unknown[], R>(prototype: string) =>
    library.func(prototype) as (...args: A) => R;
  const pooled = <A extends readonly unknown[], R>(prototype: string): Pooled<A, R> => {
    const call = library.func(prototype);
    return (...args) =>
      new Promise((resolve, reject) => {
        call.async(...args, (error: unknown, result: R) => (error ? reject(error) : resolve(result)));
      });
  };

  direct<[number], void>("void vosk_set_log_level(int)")(LOG_LEVEL);
  const newModel = pooled<[string], VoskPointer | null>("void *vosk_model_new(str)");
  const findWord = direct<[VoskPointer, string], number>("int vosk_model_find_word(void *, str)");
  const newPlain = pooled<[VoskPointer, number], VoskPointer | null>(
    "void *vosk_recognizer_new(void *, float)",
  );
  const newWithGrammar = pooled<[VoskPointer, number, string], VoskPointer | null>(
    "void *vosk_recognizer_new_grm(void *, float, str)",
  );
  const setWords = direct<[VoskPointer, number], void>("void vosk_recognizer_set_words(void *, int)");
  const accept = pooled<[VoskPointer, Float32Array, number], number>(
    "int vosk_recognizer_accept_waveform_f(void *, float *, int)",
  );
  return {
    newModel: async (dir) => (await newModel(dir)) ?? undefined,
    freeModel: direct("void vosk_model_free(void *)"),
    hasWord: (model, word) => findWord(model, word) >= 0,
    newRecogniser: async (model, grammar) => {
      const recogniser = await (grammar === undefined
        ? newPlain(model, rateHz)
        : newWithGrammar(model, rateHz, grammar));
      if (recogniser === null) return undefined;
      setWords(recogniser, 1);
      return recogniser;
    },
    setAlternatives: direct("void vosk_recognizer_set_max_alternatives(void *, int)"),
    resetRecogniser: direct("void vosk_recognizer_reset(void *)"),
    freeRecogniser: direct("void vosk_recognizer_free(void *)"),
    accept: (recogniser, samples) => accept(recogniser, samples, samples.length),
    result: pooled("str vosk_recognizer_result(void *)"),
    partial: pooled("str vosk_recognizer_partial_result(void *)"),
    finalResult: pooled("str vosk_recognizer_final_result(void *)"),
  };
}
