import { sleep } from "../base/clock.js";
import { messageOf, SessionError } from "../base/errors.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { CommandHeard, Transcript } from "../engines/capability.js";
import type { PhraseBookFile } from "../home/phrase-book.js";
import { type DecodeJob, type DecodeTools, decodeOnce } from "./decode.js";
import type { TranscribeResult } from "./voice.js";

/** Who listens for commands, and who writes down everything else. */
export interface CommandDuo {
  readonly model: ModelManifest;
  readonly phrases: PhraseBookFile;
  /** Whether a model that decodes live may do so from the start. */
  readonly parallel: boolean;
  /** Resolves at the end of the audio. */
  readonly ended: Promise<void>;
  dictate(job: DecodeJob, signal: AbortSignal): Promise<TranscribeResult>;
}

/** The model is in memory, so its lease is granted at once or something is wrong. */
const LEASE_MS = 1_000;
/** How long after the end of the audio dictation waits for the verdict. It comes within a tenth of that, mostly. */
const PATIENCE_MS = 1_500;
/** More for audio that came faster than it was spoken: time to decode it, as part of its length. */
const BURST_PATIENCE = 0.5;

interface Verdict {
  /** Absent when nobody can tell what was said. */
  readonly transcript?: Transcript & { readonly command: CommandHeard };
  readonly why: string;
}

/**
 * Known commands first, dictation behind them. The open model is made ready from the start; it decodes live where both
 * may, else when the verdict is that this is no command, or when the verdict is late. A command that is accepted is the
 * answer at once.
 * @throws what dictation threw, when no command was accepted
 */
export async function commandFirst(
  tools: DecodeTools,
  job: DecodeJob,
  duo: CommandDuo,
  signal: AbortSignal,
): Promise<TranscribeResult> {
  const over = new AbortController();
  const lost = AbortSignal.any([signal, over.signal]);
  const verdict = hearCommand(tools, job, duo, lost);
  const turn = turnOf(tools, job, duo, verdict, lost);
  const dictation = duo.dictate({ ...job, hold: { turn, live: !duo.parallel } }, lost);
  // It is waited for below, unless a command comes first.
  dictation.catch(() => undefined);
  try {
    await turn;
    const settled = await Promise.race([verdict, LATE]);
    const answer = answerOf(settled, duo.model);
    if (answer) return answer;
    if (settled !== TOO_LATE) return dictatedAs(await dictation, settled);
    const late = verdict.then(async (v) => answerOf(v, duo.model) ?? dictatedAs(await dictation, v));
    // Where nobody can write it down, it may still turn out to be a command.
    const dictated = dictation.then((result) => dictatedAs(result, settled)).catch(() => late);
    return await Promise.race([late, dictated]);
  } finally {
    over.abort(new SessionError("cancelled", "Another model answered this request."));
  }
}

const TOO_LATE: Verdict = { why: "nobody could tell in time whether it is a command" };
const LATE = Promise.resolve(TOO_LATE);

/** Resolves once dictation may use the processor; never rejects. */
async function turnOf(
  { clock }: DecodeTools,
  { utterance }: DecodeJob,
  { ended }: CommandDuo,
  verdict: Promise<Verdict>,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = clock.monotonicMs();
  const settled = verdict.then(
    () => undefined,
    () => undefined,
  );
  const patience = ended.then(() => {
    const owedMs = utterance.seconds * 1000 * BURST_PATIENCE - (clock.monotonicMs() - startedMs);
    return sleep(clock, PATIENCE_MS + Math.max(0, owedMs), signal);
  });
  await Promise.race([settled, patience.catch(() => undefined)]);
}

/** What the utterance is as a command. Trouble of the model is a verdict too. @throws the signal's reason */
async function hearCommand(
  tools: DecodeTools,
  job: DecodeJob,
  { model, phrases }: CommandDuo,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    const lease = await tools.leaser.lease(model.id, { signal, deadlineMs: LEASE_MS });
    try {
      signal.throwIfAborted();
      const { onPartial: _, ...rest } = job;
      const trace = { ...job.trace, stage: () => job.trace.stage("commands") };
      const own = { ...rest, trace, options: { ...job.options, phrases } };
      const transcript = await decodeOnce(tools, own, { lease, manifest: model }, signal);
      const { command } = transcript;
      if (!command) return { why: `${model.id} cannot be held to commands` };
      return { transcript: { ...transcript, command }, why: command.why };
    } finally {
      lease.release();
    }
  } catch (error) {
    signal.throwIfAborted();
    job.trace.log.warn(`${model.id} cannot listen for commands: ${messageOf(error)}`, { model: model.id });
    return { why: `${model.id} failed: ${messageOf(error)}` };
  }
}

function answerOf({ transcript, why }: Verdict, model: ModelManifest): TranscribeResult | undefined {
  if (transcript?.command.decision !== "accept") return undefined;
  const { text } = transcript.command;
  return { ...transcript, text, model: model.id, decided: "command", why };
}

function dictatedAs(result: TranscribeResult, { transcript, why }: Verdict): TranscribeResult {
  return { ...result, ...(transcript ? { command: transcript.command } : {}), decided: "dictation", why };
}
