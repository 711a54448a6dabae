import type { Clock } from "../base/clock.js";
import { EngineError } from "../base/errors.js";
import type { ModelManifest } from "../catalog/manifest.js";
import { ENGINE_RATE_HZ } from "../engines/capability.js";
import type { LoadedModel, ModelWorker } from "../workers/model-worker.js";
import { noise, speechLikePieces } from "./speech-like-audio.js";
import { warmUpPhrase } from "./warm-up-phrases.js";

/** A loaded model that has not answered anything yet. */
export interface WarmUpJob {
  readonly manifest: ModelManifest;
  readonly worker: ModelWorker;
  readonly loaded: LoadedModel;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How it did. Milliseconds. */
export interface WarmUpResult {
  /** The first inference pays for what the engine puts off until then. */
  readonly firstMs: number;
  /** What a short request will take from now on. */
  readonly secondMs: number;
  /** Seconds of work for a second of audio. */
  readonly rtf?: number;
  /** The longest input that is allowed. */
  readonly longestMs?: number;
}

/** Longest piece of speech a model is given when it names no limit itself. */
export const LONGEST_SPEECH_SECONDS = 30;
/** Streaming models work on a window: a longer utterance takes longer, not more memory. */
const STREAMING_SECONDS = 6;
const SHORT_SPEECH_SECONDS = 2.5;
/** Milliseconds that the longest piece may be expected to take. A machine it would keep longer hears a shorter one. */
const LONGEST_ANSWER_MS = 60_000;
/** Audio arrives in pieces; this is how it arrives here. */
const PIECE_SAMPLES = ENGINE_RATE_HZ / 2;
/** A long sentence for a house to say. Memory of a voice grows with the length of what it says in one piece. */
const LONG_TEXT_CHARACTERS = 160;

/**
 * Real inferences in the shape of real work, so that the first user waits for nothing: the engine's late preparations
 * are done, its working memory has reached its size, and a model that loads but cannot answer is found out now.
 * What the answer says does not matter; its shape does.
 * @throws {EngineError} `engine-failed` when the answer has the wrong shape
 */
export function warmUp(job: WarmUpJob): Promise<WarmUpResult> {
  switch (job.loaded.capability) {
    case "stt":
      return warmUpSpeechToText(job, job.loaded);
    case "tts":
      return warmUpTextToSpeech(job, job.loaded.rateHz);
    case "vad":
      return warmUpVoiceDetector(job, job.loaded.frameSamples);
    case "wake":
      return warmUpWake(job, job.loaded.words);
  }
}

async function warmUpSpeechToText(
  job: WarmUpJob,
  { streaming, maxSamples }: Extract<LoadedModel, { capability: "stt" }>,
): Promise<WarmUpResult> {
  const short = Math.min(maxSamples ?? Number.POSITIVE_INFINITY, SHORT_SPEECH_SECONDS * ENGINE_RATE_HZ);
  const firstMs = await transcribe(job, short);
  const secondMs = await transcribe(job, short);
  const affordable = Math.max(short, Math.floor((short * LONGEST_ANSWER_MS) / Math.max(1, secondMs)));
  const longest = Math.min(
    maxSamples ?? Number.POSITIVE_INFINITY,
    (streaming ? STREAMING_SECONDS : LONGEST_SPEECH_SECONDS) * ENGINE_RATE_HZ,
    affordable,
  );
  const longestMs = await transcribe(job, longest);
  return { firstMs, secondMs, longestMs, rtf: longestMs / 1000 / (longest / ENGINE_RATE_HZ) };
}

async function transcribe(job: WarmUpJob, samples: number): Promise<number> {
  const { worker, manifest, clock, signal } = job;
  const startedMs = clock.monotonicMs();
  const [language] = manifest.languages;
  // A model of many languages is asked in none: it then also warms the part that finds out which.
  const options = manifest.languages.length === 1 && language ? { language } : {};
  const channel = await worker.openSpeech(manifest.id, options);
  for (const piece of speechLikePieces(samples, PIECE_SAMPLES)) {
    signal.throwIfAborted();
    await channel.accept(piece);
  }
  const { text } = await channel.finish();
  signal.throwIfAborted();
  if (typeof text !== "string") throw wrongShape(manifest, "its answer holds no text");
  return clock.monotonicMs() - startedMs;
}

async function warmUpTextToSpeech(job: WarmUpJob, rateHz: number): Promise<WarmUpResult> {
  const phrase = warmUpPhrase(job.manifest.languages[0]);
  const first = await speak(job, phrase);
  // Engines that compile while they run are fast only from the second time on.
  const second = await speak(job, phrase);
  const repeats = Math.max(1, Math.ceil(LONG_TEXT_CHARACTERS / (phrase.length + 1)));
  const longText = new Array<string>(repeats).fill(phrase.replace(/[.。।]$/u, "")).join(" ");
  const long = await speak(job, `${longText}.`);
  return {
    firstMs: first.ms,
    secondMs: second.ms,
    longestMs: long.ms,
    rtf: second.ms / 1000 / (second.samples / rateHz),
  };
}

async function speak(
  { worker, manifest, clock, signal }: WarmUpJob,
  text: string,
): Promise<{ readonly ms: number; readonly samples: number }> {
  const startedMs = clock.monotonicMs();
  const [language] = manifest.languages;
  let samples = 0;
  let loudest = 0;
  for await (const piece of worker.synthesize(manifest.id, { text, ...(language && { language }) }, signal)) {
    samples += piece.length;
    for (const sample of piece) {
      if (!Number.isFinite(sample)) throw wrongShape(manifest, "its audio holds numbers that are none");
      loudest = Math.max(loudest, Math.abs(sample));
    }
  }
  signal.throwIfAborted();
  if (samples === 0) throw wrongShape(manifest, `it said nothing for "${text}"`);
  if (loudest === 0) throw wrongShape(manifest, `it was silent for "${text}"`);
  return { ms: clock.monotonicMs() - startedMs, samples };
}

async function warmUpVoiceDetector(job: WarmUpJob, frameSamples: number): Promise<WarmUpResult> {
  const { worker, manifest } = job;
  const audio = noise(ENGINE_RATE_HZ, 0.01);
  return timeTwice(job, async () => {
    const channel = await worker.openVoiceDetector(manifest.id);
    const probabilities = await channel.accept(audio);
    channel.cancel();
    if (probabilities.length !== Math.floor(audio.length / frameSamples)) {
      throw wrongShape(manifest, `it gave ${probabilities.length} answers for a second of audio`);
    }
    if (!probabilities.every((value) => value >= 0 && value <= 1)) {
      throw wrongShape(manifest, "a probability of speech lies outside 0 to 1");
    }
  });
}

async function warmUpWake(job: WarmUpJob, words: readonly string[]): Promise<WarmUpResult> {
  const { worker, manifest } = job;
  const audio = noise(ENGINE_RATE_HZ, 0.01);
  const options = { words, threshold: 1, triggerLevel: 1, refractoryMs: 1000 };
  return timeTwice(job, async () => {
    const channel = await worker.openWake(manifest.id, options);
    const hits = await channel.accept(audio);
    channel.cancel();
    if (!Array.isArray(hits)) throw wrongShape(manifest, "its answer is no list of words heard");
  });
}

async function timeTwice({ clock, signal }: WarmUpJob, task: () => Promise<void>): Promise<WarmUpResult> {
  const startedMs = clock.monotonicMs();
  await task();
  signal.throwIfAborted();
  const onceMs = clock.monotonicMs();
  await task();
  signal.throwIfAborted();
  const secondMs = clock.monotonicMs() - onceMs;
  return { firstMs: onceMs - startedMs, secondMs, rtf: secondMs / 1000 };
}

function wrongShape({ title }: ModelManifest, what: string): EngineError {
  return new EngineError("engine-failed", `${title} loaded but does not work: ${what}.`);
}
