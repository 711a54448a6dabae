import { BudgetError, messageOf } from "../base/errors.js";
import type { LeaseDesk } from "./lease-desk.js";
import type { Machinery } from "./machinery.js";
import { LIMITS } from "./residency-options.js";

/** What a swap asks of residency. */
export interface SwappingResidency {
  warmUp(
    id: string,
    options: { readonly reason: string; readonly mayEvict: "anyone"; readonly deadlineMs: number },
  ): Promise<void>;
  unload(id: string, why?: string): Promise<void>;
  warmFiles(ids: readonly string[], signal: AbortSignal): Promise<void>;
}

/**
 * Puts a model in another's place: beside it first where memory allows, so that there is always one to answer; else
 * after it, with requests for the old one waiting for the new.
 * @throws what kept the new model from getting ready; the old one is in memory again then, or on its way
 */
export async function swapModels(
  machinery: Machinery,
  desk: LeaseDesk,
  residency: SwappingResidency,
  oldId: string,
  newId: string,
): Promise<void> {
  const old = machinery.resident(oldId);
  const next = machinery.resident(newId);
  const reason = `takes the place of ${old.title}`;
  const leave = () => residency.unload(oldId, `${next.title} takes its place`);
  const beside = next.state.name === "ready" || (await fitsBeside(machinery, newId, reason));
  const hadOld = old.state.name === "ready";
  // From here on nobody new is sent to the old model: it could not leave otherwise, or would come straight back.
  desk.replace(oldId, newId);
  const reading = new AbortController();
  try {
    // Until the last user of the old model is done, the disk has nothing to do.
    if (!beside) void readAhead(machinery, residency, newId, reading.signal);
    await leave();
    reading.abort(new Error("its turn has come"));
    if (!beside) {
      await residency.warmUp(newId, { reason, mayEvict: "anyone", deadlineMs: LIMITS.longestLoadMs });
    }
  } catch (error) {
    desk.restore(oldId);
    if (hadOld) {
      old.wanted = true;
      machinery.flights.join(old, { mayEvict: "old", mayWait: false });
    }
    throw error;
  } finally {
    reading.abort(new Error("the swap is over"));
    desk.restore(oldId);
  }
}

async function readAhead(
  { logger }: Machinery,
  residency: SwappingResidency,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await residency.warmFiles([id], signal);
  } catch (error) {
    logger.debug(`Reading ahead of ${id} ended early: ${messageOf(error)}`);
  }
}

/** @returns false when there is no room for both. @throws what else kept the new model from getting ready */
async function fitsBeside(machinery: Machinery, newId: string, reason: string): Promise<boolean> {
  const next = machinery.resident(newId);
  next.reason = reason;
  next.wanted = true;
  try {
    await machinery.flights.join(next, { mayEvict: "nobody", mayWait: false }).promise;
    return true;
  } catch (error) {
    if (error instanceof BudgetError && error.code === "over-budget") return false;
    throw error;
  }
}
