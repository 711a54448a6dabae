import { type Footprint, needOf } from "./footprint.js";
import { bytesOf, leasesOf } from "./model-state.js";
import type { Resident } from "./resident.js";
import type { ModelView } from "./resident-model.js";

/** One model for people and sensors. */
export function viewOf(resident: Resident, known: Footprint | undefined): ModelView {
  const { state, id, model, pinned, keepAliveSeconds, uses, reason, measuredBytes } = resident;
  const inMemory = bytesOf(state) > 0 && measuredBytes !== undefined;
  const need = needOf(known, model.manifest.memory);
  const loadMs = resident.loadMs ?? known?.loadMs.average;
  const warmUpMs = resident.warmUpMs ?? known?.warmUpMs.average;
  const answerMs = known?.secondMs?.average;
  const error = state.name === "failed" ? state.error : resident.problem;
  return {
    id,
    state: state.name,
    leases: leasesOf(state),
    memoryBytes: inMemory ? measuredBytes : need.readyBytes,
    memorySource: inMemory ? "measured" : need.source,
    pinned,
    ...(resident.warmUpMs !== undefined && { wasReady: true }),
    keepAliveSeconds,
    ...(loadMs !== undefined && { loadMs: Math.round(loadMs) }),
    ...(warmUpMs !== undefined && { warmUpMs: Math.round(warmUpMs) }),
    ...(answerMs !== undefined && { answerMs: Math.round(answerMs) }),
    ...(uses.lastUsedAtMs !== undefined && { lastUsedAtMs: uses.lastUsedAtMs }),
    ...(error && { error: error.message }),
    ...(state.name === "failed" && { retryAtMs: state.retryAtMs }),
    ...(reason !== undefined && { reason }),
  };
}
