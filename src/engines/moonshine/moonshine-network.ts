import { EngineError } from "../../base/errors.js";
import { ENGINE_RATE_HZ } from "../capability.js";
import type { OnnxSession, TensorValue } from "../onnx/onnx-session.js";
import { heardTokens } from "./guessed-ending.js";

/** What the decoder wrote. */
export interface MoonshineTokens {
  readonly tokens: readonly number[];
  /** Mean probability of the tokens, 0 to 1; 0 without any. */
  readonly confidence: number;
  /** True when the decoder did not end by itself: it has fallen into a loop. */
  readonly cutOff: boolean;
}

/**
 * Silence behind the speech. Without it, words at the very end of short commands are heard wrongly more often: of 64
 * words in recorded commands tiny missed 22 without and 16 with it.
 */
const TAIL_SAMPLES = 0.6 * ENGINE_RATE_HZ;

const START = 1;
const END = 2;

/** Nobody speaks faster; beyond it the decoder loops. */
const TOKENS_PER_SECOND = 6.5;

/**
 * The models often end before the first word of a short command, with the right word second: tiny would stay silent on
 * half of them. An end this probable is believed. Recorded commands gave up to 0.927, noise, hum, clicks and pauses
 * from 0.934 on.
 */
const SURE_OF_SILENCE = 0.93;

/**
 * Moonshine's two networks, decoded greedily.
 * Encoder: `input_values` f32 [1, samples] to `last_hidden_state` f32 [1, frames, width].
 * Decoder: `input_ids` i64 [1, 1], the encoder's states, the caches `past_key_values.N.*`, `use_cache_branch` bool [1]
 * to `logits` f32 [1, 1, vocabulary] and `present.N.*`.
 * @see https://arxiv.org/abs/2410.15608
 */
export class MoonshineNetwork {
  readonly #encoder: OnnxSession;
  readonly #decoder: OnnxSession;
  readonly #firstOutputs: readonly string[];
  readonly #laterOutputs: readonly string[];

  constructor(encoder: OnnxSession, decoder: OnnxSession) {
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#firstOutputs = decoder.outputNames;
    // What was heard does not change, and is only computed with the first token.
    this.#laterOutputs = decoder.outputNames.filter((name) => !name.includes(".encoder."));
  }

  /** @param samples 16 kHz mono @throws {EngineError} `engine-failed`, `engine-bad-graph` */
  async decode(samples: Float32Array): Promise<MoonshineTokens> {
    const padded = withSilence(samples);
    const heard = await this.#encoder.run({ input_values: { data: padded, dims: [1, padded.length] } });
    const states = tensor(heard, "last_hidden_state");
    const limit = Math.ceil((samples.length / ENGINE_RATE_HZ) * TOKENS_PER_SECOND);
    const tokens: number[] = [];
    let cache = this.#emptyCache();
    const probabilities: number[] = [];
    let last = START;
    while (tokens.length < limit) {
      const isFirst = tokens.length === 0;
      const written = await this.#decoder.run(
        {
          input_ids: { data: BigInt64Array.of(BigInt(last)), dims: [1, 1] },
          encoder_hidden_states: states,
          use_cache_branch: { data: Uint8Array.of(isFirst ? 0 : 1), dims: [1] },
          ...cache,
        },
        isFirst ? this.#firstOutputs : this.#laterOutputs,
      );
      const next = choose(tensor(written, "logits").data, isFirst);
      if (next.token === END) return transcriptOf(tokens, probabilities, false);
      tokens.push(next.token);
      probabilities.push(next.probability);
      cache = nextCache(cache, written);
      last = next.token;
    }
    return transcriptOf(tokens, probabilities, true);
  }

  async release(): Promise<void> {
    await this.#encoder.release();
    await this.#decoder.release();
  }

  #emptyCache(): Record<string, TensorValue> {
    const cache: Record<string, TensorValue> = {};
    for (const name of this.#decoder.inputNames.filter((input) => input.startsWith("past_key_values."))) {
      const [, heads, , width] = this.#decoder.inputShape(name);
      if (typeof heads !== "number" || typeof width !== "number") {
        throw new EngineError("engine-bad-graph", `The decoder's cache ${name} has no fixed size.`);
      }
      cache[name] = { data: new Float32Array(0), dims: [0, heads, 1, width] };
    }
    return cache;
  }
}

/** The new state of each cache that was computed anew; what was heard stays from the first token on. */
function nextCache(
  cache: Readonly<Record<string, TensorValue>>,
  written: Readonly<Record<string, TensorValue>>,
): Record<string, TensorValue> {
  const next: Record<string, TensorValue> = { ...cache };
  for (const [name, value] of Object.entries(written)) {
    if (name.startsWith("present.")) next[name.replace("present.", "past_key_values.")] = value;
  }
  return next;
}

function choose(
  logits: TensorValue["data"],
  isFirst: boolean,
): { readonly token: number; readonly probability: number } {
  if (!(logits instanceof Float32Array)) {
    throw new EngineError("engine-bad-graph", "The decoder's logits are not 32-bit floats.");
  }
  const best = highest(logits);
  const probability = probabilityOf(logits, best);
  if (!isFirst || best !== END || probability > SURE_OF_SILENCE) return { token: best, probability };
  const word = highest(logits, END);
  return { token: word, probability: probabilityOf(logits, word) };
}

function highest(logits: Float32Array, except = -1): number {
  let best = except === 0 ? 1 : 0;
  for (let token = 0; token < logits.length; token++) {
    if (token !== except && (logits[token] ?? 0) > (logits[best] ?? 0)) best = token;
  }
  return best;
}

/** Soft-max of one entry. */
function probabilityOf(logits: Float32Array, token: number): number {
  const own = logits[token] ?? 0;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - own);
  return 1 / sum;
}

/** The tokens without an ending that was made up, and how sure they are. */
function transcriptOf(
  tokens: readonly number[],
  probabilities: readonly number[],
  cutOff: boolean,
): MoonshineTokens {
  const count = heardTokens(probabilities);
  const sum = probabilities.slice(0, count).reduce((total, probability) => total + probability, 0);
  return { tokens: tokens.slice(0, count), confidence: count === 0 ? 0 : sum / count, cutOff };
}

function withSilence(samples: Float32Array): Float32Array {
  const padded = new Float32Array(samples.length + TAIL_SAMPLES);
  padded.set(samples);
  return padded;
}

function tensor(outputs: Readonly<Record<string, TensorValue>>, name: string): TensorValue {
  const value = outputs[name];
  if (!value) throw new EngineError("engine-bad-graph", `The model gives no ${name}.`);
  return value;
}
