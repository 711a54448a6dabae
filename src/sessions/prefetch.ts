import type { Capability } from "../catalog/manifest.js";
import type { ModelLeaser } from "../residency/lease.js";
import type { LadderRequest, LadderSource } from "./ladder.js";

/** Starts making the model ready that a request likely to come will want. */
export function prefetchFirst(
  { leaser, ladders }: { readonly leaser: ModelLeaser; readonly ladders: LadderSource },
  capability: Capability,
  request: LadderRequest,
): void {
  const [first] = ladders.ladder(capability, request);
  if (first) leaser.prefetch(first.id);
}
