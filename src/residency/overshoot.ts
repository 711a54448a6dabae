import { BudgetError, type VoiceError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { formatBytes } from "../base/units.js";
import type { FootprintBook } from "./footprint-book.js";
import { keyOf, loadOptionsOf } from "./load-options.js";
import type { Budget } from "./memory/budget.js";
import { bytesOf } from "./model-state.js";
import type { Resident } from "./resident.js";

/** Shares of common pages shift a little when others come and go; that is nobody's fault. */
const TOLERANCE = 1.1;
/** It has not reached its full size when it is stopped. */
const NOT_ALL_SEEN = 1.1;

/**
 * The load to be stopped while more is promised than the budget has and nobody idle is left to send away: the one that
 * has gone furthest beyond what was set aside for it. None while all keep to what they were given, or nearly so.
 */
export function chooseOvershooting(residents: readonly Resident[]): Resident | undefined {
  const beyond = (resident: Resident): number =>
    resident.state.name === "loading" || resident.state.name === "warming"
      ? bytesOf(resident.state) - TOLERANCE * (resident.setAsideBytes ?? Number.POSITIVE_INFINITY)
      : 0;
  return [...residents].filter((each) => beyond(each) > 0).sort((a, b) => beyond(b) - beyond(a))[0];
}

/** Stops a load that takes more than was set aside for it, and has the next one ask for what this one has shown. */
export function stopOvershooting(
  resident: Resident,
  {
    budget,
    book,
    logger,
  }: { readonly budget: Budget; readonly book: FootprintBook; readonly logger: Logger },
): void {
  const { model, title, state, setAsideBytes = 0, home, flight } = resident;
  const heldBytes = bytesOf(state);
  book.recordTooSmall(
    keyOf(model, loadOptionsOf(model, book)),
    (NOT_ALL_SEEN * heldBytes) / Math.max(1, setAsideBytes),
  );
  const error: VoiceError = new BudgetError(
    "over-budget",
    `${title} took ${formatBytes(heldBytes)} before it was ready, where ${formatBytes(setAsideBytes)} were set aside for it and models may hold ${formatBytes(budget.bytes)} in all. It was stopped, and asks for more from now on.`,
  );
  logger.warn(error.message, { model: resident.id });
  // Whoever brings it up notices, and gives its memory back.
  flight?.abort.abort(error);
  home?.worker.kill();
}
