import { type Clock, sleep } from "../base/clock.js";
import { SessionError } from "../base/errors.js";
import type { Transcript } from "../engines/capability.js";

export interface RaceOptions {
  readonly clock: Clock;
  /** From when `patienceMs` counts: the end of the audio. Never rejects. */
  readonly ended: Promise<void>;
  /** How long a better-ranked answer is waited for when a worse one is there. */
  readonly patienceMs: number;
  /** Answers below this are taken only when no better one comes. */
  readonly minConfidence: number;
  readonly signal: AbortSignal;
}

/** Something was said, and the engine is sure of it or does not know how sure it is. */
export function isConfident({ text, confidence }: Transcript, minConfidence: number): boolean {
  return text.trim() !== "" && (confidence === undefined || confidence >= minConfidence);
}

/**
 * Lets several engines have the same utterance and takes the best-ranked confident answer. It comes at once when no
 * better-ranked engine can still answer, and else when patience has run out. Without a confident one, the best-ranked
 * answer with any text counts: at the end of patience, or when all have answered. Losers are stopped.
 * @param contenders best-ranked first; each gets a signal that aborts when it has lost
 * @throws what the best-ranked contender threw when all did; the signal's reason
 */
export async function race<T extends Transcript>(
  contenders: readonly ((signal: AbortSignal) => Promise<T>)[],
  options: RaceOptions,
): Promise<T> {
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  try {
    return await judge(
      contenders.map((start) => start(signal)),
      options,
      signal,
    );
  } finally {
    over.abort(new SessionError("cancelled", "Another model answered this request."));
  }
}

type Outcome<T> = { readonly answer: T } | { readonly error: unknown };

function judge<T extends Transcript>(
  runs: readonly Promise<T>[],
  { clock, ended, patienceMs, minConfidence }: RaceOptions,
  signal: AbortSignal,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const outcomes: (Outcome<T> | undefined)[] = runs.map(() => undefined);
    let patient = true;
    const decide = () => {
      const winner = pick(outcomes, patient, minConfidence);
      if (!winner) return;
      if ("answer" in winner) resolve(winner.answer);
      else reject(winner.error);
    };
    for (const [rank, run] of runs.entries()) {
      const settle = (outcome: Outcome<T>) => {
        outcomes[rank] = outcome;
        decide();
      };
      run.then(
        (answer) => settle({ answer }),
        (error: unknown) => settle({ error }),
      );
    }
    ended
      .then(() => sleep(clock, patienceMs, signal))
      .then(
        () => {
          patient = false;
          decide();
        },
        // The race is over: by an answer, or by an abort that each contender reports itself.
        () => decide(),
      );
  });
}

/** The outcome to go with; undefined while waiting is better. */
function pick<T extends Transcript>(
  outcomes: readonly (Outcome<T> | undefined)[],
  patient: boolean,
  minConfidence: number,
): Outcome<T> | undefined {
  const holds = (outcome: Outcome<T> | undefined, test: (answer: T) => boolean) =>
    outcome !== undefined && "answer" in outcome && test(outcome.answer);
  const settled = outcomes.every((outcome) => outcome !== undefined);
  const sure = outcomes.findIndex((outcome) =>
    holds(outcome, (answer) => isConfident(answer, minConfidence)),
  );
  const betterMayCome = outcomes.slice(0, sure).some((outcome) => outcome === undefined);
  if (sure >= 0 && !(patient && betterMayCome)) return outcomes[sure];
  if (patient && !settled) return undefined;
  const unsure = outcomes.find((outcome) => holds(outcome, ({ text }) => text.trim() !== ""));
  if (unsure || !settled) return unsure;
  return outcomes.find((outcome) => holds(outcome, () => true)) ?? outcomes[0];
}
