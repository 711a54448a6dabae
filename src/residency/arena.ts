import type { Footprint } from "./footprint.js";

/** Less than this is not worth a slower answer. */
const WORTHWHILE_BYTES = 8 * 1024 ** 2;
const HARDLY_SLOWER = 1.15;
const MUCH_LESS_MEMORY = 0.75;
const BEARABLY_SLOWER = 1.3;

/**
 * Whether a model should load with ONNX Runtime's memory arena. Without it one model saves 50 MB for nothing while
 * another becomes half as fast, so each is measured: with, then without, and from then on the better way.
 * @param withArena what loads with the arena showed
 * @param withoutArena what loads without it showed
 */
export function chooseArena(withArena: Footprint | undefined, withoutArena: Footprint | undefined): boolean {
  if (!withArena) return true;
  if (!withoutArena) return false;
  const held = ({ steadyBytes, inferencePeakBytes }: Footprint) =>
    Math.max(steadyBytes.average, inferencePeakBytes.average);
  const answer = ({ secondMs, warmUpMs }: Footprint) => (secondMs ?? warmUpMs).average;
  const saved = held(withArena) - held(withoutArena);
  if (saved < WORTHWHILE_BYTES) return true;
  const slower = answer(withoutArena) / Math.max(1, answer(withArena));
  const savesMuch = held(withoutArena) <= MUCH_LESS_MEMORY * held(withArena);
  return slower > (savesMuch ? BEARABLY_SLOWER : HARDLY_SLOWER);
}
