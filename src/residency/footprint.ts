import type { MemoryEstimate } from "../catalog/manifest.js";

/** A figure seen several times: a moving average that leans to the newest, and the highest. */
export interface Figure {
  readonly average: number;
  readonly max: number;
}

/** One load of one model, as measured. All bytes are shares of memory that add up over processes. */
export interface FootprintSample {
  /** Highest point until the model had loaded. */
  readonly loadPeakBytes: number;
  /** After the warm-up. */
  readonly steadyBytes: number;
  /** Highest point of the warm-up's inferences, the longest allowed input included. */
  readonly inferencePeakBytes: number;
  /** From the start of the process to the loaded model. */
  readonly loadMs: number;
  readonly warmUpMs: number;
  /** The first inference after the load, and the one after it: the latency to expect. */
  readonly firstMs?: number;
  readonly secondMs?: number;
  /** Seconds of work for a second of audio, of the second inference. */
  readonly rtf?: number;
  /** How long the longest allowed input took. */
  readonly longestMs?: number;
}

/** What is known of one model on this board with these options. */
export interface Footprint {
  readonly samples: number;
  readonly loadPeakBytes: Figure;
  readonly steadyBytes: Figure;
  readonly inferencePeakBytes: Figure;
  readonly loadMs: Figure;
  readonly warmUpMs: Figure;
  readonly firstMs?: Figure;
  readonly secondMs?: Figure;
  readonly rtf?: Figure;
  readonly longestMs?: Figure;
  readonly updatedAtMs: number;
}

/** Weight of the newest sample. */
const NEWEST = 0.3;
/** A peak that no longer shows fades, so that one odd load does not bind memory for ever. */
const FADE = 0.1;

/** The footprint with one more sample. */
export function learn(known: Footprint | undefined, sample: FootprintSample, atMs: number): Footprint {
  const optional = (["firstMs", "secondMs", "rtf", "longestMs"] as const).flatMap((name) => {
    const value = sample[name];
    const figure = value === undefined ? known?.[name] : blend(known?.[name], value);
    return figure ? [[name, figure] as const] : [];
  });
  return {
    samples: (known?.samples ?? 0) + 1,
    loadPeakBytes: blend(known?.loadPeakBytes, sample.loadPeakBytes),
    steadyBytes: blend(known?.steadyBytes, sample.steadyBytes),
    inferencePeakBytes: blend(known?.inferencePeakBytes, sample.inferencePeakBytes),
    loadMs: blend(known?.loadMs, sample.loadMs),
    warmUpMs: blend(known?.warmUpMs, sample.warmUpMs),
    ...Object.fromEntries(optional),
    updatedAtMs: atMs,
  };
}

/** The footprint after a model in use was seen to hold more than before. */
export function learnPeak(known: Footprint, inferencePeakBytes: number): Footprint {
  const max = Math.max(known.inferencePeakBytes.max, inferencePeakBytes);
  return { ...known, inferencePeakBytes: { ...known.inferencePeakBytes, max } };
}

function blend(known: Figure | undefined, value: number): Figure {
  if (!known) return { average: value, max: value };
  const faded = known.max - FADE * Math.max(0, known.max - value);
  return { average: known.average + NEWEST * (value - known.average), max: Math.max(value, faded) };
}

/** What to promise a model before it loads. */
export interface Need {
  /** Upper bound from the start of its process to the end of its warm-up. */
  readonly loadBytes: number;
  /** Bound once it is ready. */
  readonly readyBytes: number;
  readonly source: "learned" | "estimated";
}

/** A process grows a little with use, and its share of common pages with the leaving of others. */
const GROWTH_MARGIN = 1.03;

/** What to keep promised to a model that has just been measured. */
export function readyBytesOf(sample: Pick<FootprintSample, "steadyBytes" | "inferencePeakBytes">): number {
  return Math.ceil(GROWTH_MARGIN * Math.max(sample.steadyBytes, sample.inferencePeakBytes));
}

/** Estimates of a catalog come from other boards. */
const CATALOG_MARGIN = 1.25;

/**
 * Observed figures where there are any, else the catalog's with a margin.
 * @param growth factor learned from being killed for want of memory, 1 normally
 */
export function needOf(known: Footprint | undefined, catalog: MemoryEstimate, growth = 1): Need {
  if (known) {
    const highest = { steadyBytes: known.steadyBytes.max, inferencePeakBytes: known.inferencePeakBytes.max };
    const readyBytes = Math.ceil(growth * readyBytesOf(highest));
    const loadBytes = Math.max(readyBytes, Math.ceil(growth * GROWTH_MARGIN * known.loadPeakBytes.max));
    return { loadBytes, readyBytes, source: "learned" };
  }
  const readyBytes = growth * CATALOG_MARGIN * catalog.steadyBytes;
  const loadBytes = Math.max(readyBytes, growth * CATALOG_MARGIN * catalog.loadPeakBytes);
  return { loadBytes: Math.ceil(loadBytes), readyBytes: Math.ceil(readyBytes), source: "estimated" };
}

/** Milliseconds until a cold model answers; guessed from its size where it was never loaded. */
export function reloadMsOf(known: Footprint | undefined, catalog: MemoryEstimate): number {
  if (known) return known.loadMs.average + known.warmUpMs.average;
  // Measured on two cores: 4 to 20 ms for each MiB a model holds. The worse end, for smaller boards.
  return 1000 + 20 * (catalog.steadyBytes / 1024 ** 2);
}
