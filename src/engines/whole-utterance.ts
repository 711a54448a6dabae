import type { SpeechStream, Transcript } from "./capability.js";

/**
 * One utterance for engines that need all of it: collects the audio and hands it over at the end. Audio beyond
 * `maxSamples` is decoded in pieces of that length, so that nothing of it is lost.
 */
export class WholeUtterance implements SpeechStream {
  readonly #decode: (samples: Float32Array) => Promise<Transcript>;
  readonly #maxSamples: number;
  #pieces: Float32Array[] = [];

  constructor(options: {
    readonly maxSamples: number;
    readonly decode: (samples: Float32Array) => Promise<Transcript>;
  }) {
    this.#decode = options.decode;
    this.#maxSamples = options.maxSamples;
  }

  async accept(samples: Float32Array): Promise<undefined> {
    this.#pieces.push(samples);
  }

  async finish(): Promise<Transcript> {
    const samples = concatenate(this.#pieces);
    this.#pieces = [];
    const found: Transcript[] = [];
    for (let start = 0; start < samples.length; start += this.#maxSamples) {
      found.push(await this.#decode(samples.subarray(start, start + this.#maxSamples)));
    }
    return join(found.filter((part) => part.text !== ""));
  }

  async cancel(): Promise<void> {
    this.#pieces = [];
  }
}

/** One transcript of several in a row; it is as sure as its least sure part. */
function join(parts: readonly Transcript[]): Transcript {
  const [first] = parts;
  if (!first) return { text: "" };
  if (parts.length === 1) return first;
  const confidences = parts.map(({ confidence }) => confidence).filter((value) => value !== undefined);
  return {
    text: parts.map(({ text }) => text).join(" "),
    ...(first.language === undefined ? {} : { language: first.language }),
    ...(confidences.length === 0 ? {} : { confidence: Math.min(...confidences) }),
  };
}

function concatenate(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
