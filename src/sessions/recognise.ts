import { messageOf } from "../base/errors.js";
import type { ModelManifest } from "../catalog/manifest.js";
import { commandFirst } from "./command-first.js";
import type { Commands } from "./commands.js";
import { type DecodeJob, type DecodeTools, decodeDown } from "./decode.js";
import type { LadderSource } from "./ladder.js";
import { race } from "./race.js";
import type { TranscribeResult } from "./voice.js";

/** Several models for every utterance, for boards with room for them. */
export interface Racing {
  /** Catalog ids, parts of them or providers, best first. With fewer than two different models nothing races. */
  readonly ranked: readonly string[];
  /** How long after the end of the audio a better-ranked answer is waited for. */
  readonly patienceMs: number;
  /** Confidence from which an answer counts, 0 to 1; engines that do not know theirs are believed. */
  readonly minConfidence: number;
}

export interface RecogniseTools extends DecodeTools {
  readonly ladders: LadderSource;
  readonly racing?: Racing;
  /** Absent where the home's commands are not listened for. */
  readonly commands?: Commands;
  /** Spoken when a request names none. */
  readonly defaultLanguage: string;
}

export interface RecogniseRequest {
  /** Absent when the caller names none: the ladder knows the usual one. */
  readonly language?: string;
  /** Model asked for by name: it answers alone. */
  readonly model?: string;
  /** Resolves at the end of the audio. */
  readonly ended: Promise<void>;
}

/**
 * The text of an utterance: the home's command that it is, where commands are listened for, else what open models hear.
 * Who names a model gets that model's text.
 * @throws as `decodeDown` does
 */
export async function recognise(
  tools: RecogniseTools,
  job: DecodeJob,
  request: RecogniseRequest,
  signal: AbortSignal,
): Promise<TranscribeResult> {
  const language = request.language ?? tools.defaultLanguage;
  const offer = request.model || tools.racing ? undefined : tools.commands?.offer(language);
  if (!tools.commands || !offer) return dictate(tools, job, request, signal);
  const open = withTerms(job, tools.commands.names(language));
  if (!offer.ready) {
    const result = await dictate(tools, open, request, signal);
    return { ...result, decided: "dictation", why: offer.why };
  }
  return commandFirst(
    tools,
    unsettled(open),
    {
      ...offer,
      parallel: tools.commands.parallel,
      ended: request.ended,
      dictate: (held, lost) => dictate(tools, held, request, lost),
    },
    signal,
  );
}

/** Of several models nobody knows whose text it will be. */
function unsettled({ onSettled: _, ...job }: DecodeJob): DecodeJob {
  return job;
}

/** What the caller expects counts more than what the home is called. */
const withTerms = (job: DecodeJob, names: readonly string[]): DecodeJob =>
  job.options.terms || names.length === 0 ? job : { ...job, options: { ...job.options, terms: names } };

/** The text from the model asked for, from the best of those that race, or from the first that can. */
async function dictate(
  tools: RecogniseTools,
  job: DecodeJob,
  { language, model, ended }: RecogniseRequest,
  signal: AbortSignal,
): Promise<TranscribeResult> {
  const ladder = (wanted?: string) =>
    tools.ladders.ladder("stt", { ...(language ? { language } : {}), ...(wanted ? { wanted } : {}) });
  const { racing } = tools;
  if (model || !racing) return decodeDown(tools, job, ladder(model), signal);
  const wanted = racing.ranked.flatMap((name) => ladder(name).slice(0, 1));
  const racers = [...new Map(wanted.map((racer) => [racer.id, racer])).values()];
  if (racers.length < 2) return decodeDown(tools, job, ladder(racers[0]?.id), signal);

  const failures = new Map<string, unknown>();
  const contenders = racers.map((racer) => (lost: AbortSignal) => {
    const run = decodeDown(tools, { ...unsettled(job), onPartial: partialsOf(racer) }, [racer], lost);
    return run.catch((error: unknown) => {
      failures.set(racer.id, error);
      throw error;
    });
  });
  // Texts of two models in turn would flicker: the first that has one goes on.
  let partialsFrom: ModelManifest | undefined;
  function partialsOf(racer: ModelManifest): (text: string) => void {
    return (text) => {
      partialsFrom ??= racer;
      if (partialsFrom === racer) job.onPartial?.(text);
    };
  }
  try {
    const result = await race(contenders, { ...racing, clock: tools.clock, ended, signal });
    const rank = racers.findIndex(({ id }) => id === result.model);
    return instead(result, racers.slice(0, rank), failures, racers[rank]);
  } catch (error) {
    signal.throwIfAborted();
    const rest = ladder().filter(({ id }) => !failures.has(id));
    if (rest.length === 0) throw error;
    const result = await decodeDown(tools, job, rest, signal);
    const answered = rest.find(({ id }) => id === result.model);
    return instead(result, racers, failures, answered);
  }
}

/** The result, and that better-ranked models failed. One that was merely slower or less sure is no reason to worry. */
function instead(
  result: TranscribeResult,
  better: readonly ModelManifest[],
  failures: ReadonlyMap<string, unknown>,
  answered: ModelManifest | undefined,
): TranscribeResult {
  const failed = better.find(({ id }) => failures.has(id));
  if (!failed) return result;
  const why = messageOf(failures.get(failed.id));
  const degraded = `${answered?.title ?? result.model} answers instead of ${failed.title}. ${failed.id}: ${why}`;
  return { ...result, degraded };
}
