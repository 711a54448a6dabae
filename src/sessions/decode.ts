import { SPEECH_RATE_HZ } from "../audio/pcm.js";
import type { Clock } from "../base/clock.js";
import { withDeadline } from "../base/deadline.js";
import { SessionError } from "../base/errors.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { TranscribeOptions, Transcript } from "../engines/capability.js";
import type { Lease, ModelLeaser } from "../residency/lease.js";
import type { SpeechChannel } from "../workers/model-worker.js";
import { joinTranscripts } from "./join-transcripts.js";
import { Descent, type Footing } from "./ladder.js";
import type { RunningTrace } from "./request-log.js";
import { evenPieces, type Segment, segmentSpeech } from "./segment-speech.js";
import type { Slots } from "./slots.js";
import type { SpeechProbabilities } from "./speech-watch.js";
import { untilAborted } from "./until-aborted.js";
import type { Utterance } from "./utterance.js";
import type { TranscribeResult } from "./voice.js";

/** What decoding needs besides the audio. */
export interface DecodeTools {
  readonly leaser: ModelLeaser;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly speechThreshold: number;
  /** Language a model is told of when the request names none; undefined lets the model find out. */
  readonly languageFor: (manifest: ModelManifest) => string | undefined;
}

/** One utterance to be decoded, perhaps by several models at once. */
export interface DecodeJob {
  readonly utterance: Utterance;
  /** Where speech was heard; undefined when nobody listened. Known only after the end of the audio. */
  readonly speech: Promise<SpeechProbabilities | undefined>;
  /** Without a language where the request names none: each model has its own then. */
  readonly options: TranscribeOptions;
  /** Whose turn it takes, see `Slots`. */
  readonly group: string;
  readonly trace: RunningTrace;
  readonly leftMs: () => number;
  readonly onPartial?: (text: string) => void;
  /** Told the begin of the text that will not change; only where a single model decodes. */
  readonly onSettled?: (text: string) => void;
  /** Decoding waits for its turn: always where it takes the utterance whole, and also where it is live if `live`. */
  readonly hold?: { readonly turn: Promise<void>; readonly live: boolean };
}

/** Less costs Whisper words at the ends of short commands, more costs Moonshine words at their beginnings. */
const MARGIN_SAMPLES = 0.3 * SPEECH_RATE_HZ;
/** Each segment costs some engines as much as half a minute of speech, so only real pauses divide. */
const JOIN_SAMPLES = 2 * SPEECH_RATE_HZ;
/** A detector that is this late is done without: an untrimmed utterance is better than a late one. */
const SPEECH_GRACE_MS = 3_000;

/**
 * Walks down the ladder until a model has decoded the utterance, starting over with the kept audio each time.
 * Every lease is released and every channel cancelled by the time this settles, also when the signal aborts.
 * @throws {SessionError} `deadline`, `busy`, `no-model`; else what the last model threw, or the signal's reason
 */
export async function decodeDown(
  tools: DecodeTools,
  job: DecodeJob,
  rungs: readonly ModelManifest[],
  signal: AbortSignal,
): Promise<TranscribeResult> {
  const descent = new Descent({ leaser: tools.leaser, rungs, trace: job.trace, leftMs: job.leftMs });
  for (;;) {
    const footing = await descent.step(signal);
    try {
      const transcript = await decodeOnce(tools, job, footing, signal);
      const { degraded } = footing;
      return { ...transcript, model: footing.manifest.id, ...(degraded ? { degraded } : {}) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SessionError) throw error;
      descent.fell(footing.manifest, error);
    } finally {
      footing.lease.release();
    }
  }
}

/** One model's text of the utterance. The lease stays the caller's. @throws as the model does; the signal's reason */
export async function decodeOnce(
  tools: DecodeTools,
  job: DecodeJob,
  { lease, manifest }: Pick<Footing, "lease" | "manifest">,
  signal: AbortSignal,
): Promise<Transcript> {
  const { loaded } = lease;
  if (loaded.capability !== "stt")
    throw new SessionError("no-model", `${manifest.id} does not recognise speech.`);
  const itsJob = inLanguage(job, job.options.language ?? tools.languageFor(manifest));
  return loaded.streaming
    ? decodeLive(itsJob, lease, signal)
    : decodeWhole(tools, itsJob, lease, loaded.maxSamples ?? Number.POSITIVE_INFINITY, signal);
}

const inLanguage = (job: DecodeJob, language: string | undefined): DecodeJob =>
  language === undefined ? job : { ...job, options: { ...job.options, language } };

/** For engines that decode while audio arrives. */
async function decodeLive(job: DecodeJob, lease: Lease, signal: AbortSignal): Promise<Transcript> {
  if (job.hold?.live) await untilAborted(job.hold.turn, signal);
  return withChannel(job, lease, signal, async (channel) => {
    job.trace.stage("decode");
    for await (const piece of job.utterance.read(signal)) {
      const partial = await channel.accept(piece);
      if (partial === undefined || signal.aborted) continue;
      job.onPartial?.(partial.text);
      if (partial.settled !== "") job.onSettled?.(partial.settled);
    }
    return channel.finish();
  });
}

/** For engines that take an utterance in one piece: silence cut off, long audio cut at pauses. */
async function decodeWhole(
  tools: DecodeTools,
  job: DecodeJob,
  lease: Lease,
  maxSamples: number,
  signal: AbortSignal,
): Promise<Transcript> {
  const samples = await job.utterance.whole(signal);
  const segments = await findSegments(tools, job, samples.length, maxSamples, signal);
  if (segments.length === 0) return { text: "" };
  if (job.hold) await untilAborted(job.hold.turn, signal);
  job.trace.stage("queued");
  return tools.slots.run(job.group, signal, async () => {
    job.trace.stage("decode");
    const parts: Transcript[] = [];
    for (const { from, to } of segments) {
      const segment = samples.subarray(from, to);
      parts.push(await withChannel(job, lease, signal, (channel) => feed(channel, segment, signal)));
    }
    return joinTranscripts(parts, segments);
  });
}

async function feed(channel: SpeechChannel, samples: Float32Array, signal: AbortSignal): Promise<Transcript> {
  for (let at = 0; at < samples.length; at += SPEECH_RATE_HZ) {
    await channel.accept(samples.subarray(at, at + SPEECH_RATE_HZ));
    signal.throwIfAborted();
  }
  return channel.finish();
}

async function findSegments(
  { clock, speechThreshold }: DecodeTools,
  { speech, trace }: DecodeJob,
  length: number,
  maxSamples: number,
  signal: AbortSignal,
): Promise<readonly Segment[]> {
  const late = new SessionError("deadline", "Voice detection is late.");
  const heard = await withDeadline(speech, {
    clock,
    limitMs: SPEECH_GRACE_MS,
    signal,
    late: () => late,
  }).catch((error: unknown) => {
    if (error !== late) throw error;
    trace.log.warn("Voice detection is late; the utterance is recognised with its silence.");
    return undefined;
  });
  if (!heard) return evenPieces(length, maxSamples);
  return segmentSpeech(heard.probabilities, length, {
    threshold: speechThreshold,
    frameSamples: heard.frameSamples,
    marginSamples: MARGIN_SAMPLES,
    joinSamples: JOIN_SAMPLES,
    maxSamples,
  });
}

/** Opens a channel, and cancels it at the end or at once when the signal aborts, however long the engine takes. */
async function withChannel<T>(
  job: DecodeJob,
  lease: Lease,
  signal: AbortSignal,
  use: (channel: SpeechChannel) => Promise<T>,
): Promise<T> {
  const opening = lease.worker.openSpeech(lease.model, job.options);
  const channel = await untilAborted(opening, signal, (late) => late.cancel());
  try {
    return await untilAborted(use(channel), signal);
  } finally {
    channel.cancel();
  }
}
