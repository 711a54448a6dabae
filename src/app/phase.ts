import type { ModelSnapshot, Phase } from "../sessions/snapshot.js";

/** How far a model is on its way to ready; a download takes most of the first start. */
const SHARE = { missing: 0, downloading: 0.05, present: 0.6, loading: 0.7, warming: 0.85, ready: 1 } as const;

/**
 * Where the program stands, from the models it was told to have ready. Pure.
 * @param rest.lacking why models that were asked for are not even tried, a sentence each
 * @param rest.rehearsed false as long as the first request would be slower than the next
 */
export function phaseOf(
  wanted: readonly ModelSnapshot[],
  started: boolean,
  {
    lacking = [],
    rehearsed = true,
  }: { readonly lacking?: readonly string[]; readonly rehearsed?: boolean } = {},
): { readonly phase: Phase; readonly ready: boolean; readonly progress: number; readonly problem?: string } {
  if (!started) return { phase: "starting", ready: false, progress: 0 };
  const failed = wanted.filter((model) => hasFailed(model));
  const coming = wanted.filter((model) => !hasFailed(model) && model.state !== "ready" && !isIdle(model));
  const problem = [
    ...failed.map((model) => `${model.title}: ${model.error ?? reasonOf(model)}`),
    ...lacking.map((why) => `${why}.`),
  ].join(" ");
  const progress =
    wanted.length === 0 ? 1 : wanted.reduce((sum, model) => sum + progressOf(model), 0) / wanted.length;
  const shared = { progress, ...(problem ? { problem } : {}) };
  const phase = busyPhase(coming);
  if (phase) return { phase, ready: false, ...shared };
  if (!rehearsed && wanted.length > failed.length) return { phase: "warming", ready: false, ...shared };
  if (failed.length === 0 && lacking.length === 0) return { phase: "ready", ready: true, ...shared };
  return { phase: failed.length === wanted.length ? "error" : "degraded", ready: false, ...shared };
}

function busyPhase(coming: readonly ModelSnapshot[]): Phase | undefined {
  if (coming.length === 0) return undefined;
  const fetching = ["missing", "downloading", "verifying", "extracting"];
  if (coming.some(({ asset }) => fetching.includes(asset.name))) return "downloading";
  if (coming.some(({ state }) => state === "cold" || state === "loading" || state === "draining"))
    return "loading";
  return "warming";
}

/** Warmed once and put out of memory again to make room, or because nobody needed it: not a lack. */
const isIdle = (model: ModelSnapshot): boolean => model.state === "cold" && model.wasReady === true;

/** Cold with an error: there is no memory for it. */
const hasFailed = (model: ModelSnapshot): boolean =>
  model.state === "failed" ||
  model.asset.name === "corrupt" ||
  (model.state === "cold" && model.error !== undefined && !isIdle(model));

const reasonOf = ({ asset }: ModelSnapshot): string => (asset.name === "corrupt" ? asset.reason : "failed");

function progressOf(model: ModelSnapshot): number {
  if (model.state === "ready" || isIdle(model)) return SHARE.ready;
  if (model.state === "loading" || model.state === "warming") return SHARE[model.state];
  const { asset } = model;
  if (asset.name === "downloading" && asset.bytesTotal) {
    return SHARE.downloading + (SHARE.present - SHARE.downloading) * (asset.bytesDone / asset.bytesTotal);
  }
  return asset.name === "present"
    ? SHARE.present
    : asset.name === "missing"
      ? SHARE.missing
      : SHARE.downloading;
}
