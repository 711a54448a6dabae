/**
 * The low-pass filter behind resampling: a sinc under a Kaiser window, as a function of time.
 * @see J. O. Smith, Digital Audio Resampling, https://ccrma.stanford.edu/~jos/resample/
 */

/** Zero crossings of the sinc on each side. */
const CROSSINGS = 32;
/** Window shape: side lobes below -80 dB. */
const KAISER_BETA = 7.857;
/** Table points between two zero crossings; a straight line between points is exact to -115 dB. */
const POINTS = 512;
/** Share of the narrower Nyquist band that is kept; the transition ends at Nyquist. */
const ROLL_OFF = 0.92;

const TABLE = kernelTable();

/** Kernel for one pair of rates. Times are in input samples. */
export interface Kernel {
  /** Input samples reached on each side of an output sample. */
  readonly reach: number;
  /** Weights of the input samples around an output that lies `fraction` (0 to 1) after input sample 0: `2 * reach` of them, from sample `1 - reach` on, sum 1. */
  weights(fraction: number): Float32Array;
}

export function kernelFor(fromHz: number, toHz: number): Kernel {
  const cutoff = ROLL_OFF * Math.min(1, toHz / fromHz);
  const reach = Math.ceil(CROSSINGS / cutoff) + 1;
  return { reach, weights: (fraction) => weightsAt(fraction, cutoff, reach) };
}

function weightsAt(fraction: number, cutoff: number, reach: number): Float32Array {
  const weights = new Float32Array(2 * reach);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = valueAt(Math.abs(i + 1 - reach - fraction) * cutoff);
    weights[i] = weight;
    sum += weight;
  }
  // Every phase passes a constant unchanged, whatever the table's rounding.
  for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] ?? 0) / sum;
  return weights;
}

/** @param crossings distance from the middle, counted in zero crossings */
function valueAt(crossings: number): number {
  const position = crossings * POINTS;
  const index = Math.floor(position);
  const left = TABLE[index] ?? 0;
  const right = TABLE[index + 1] ?? 0;
  return left + (right - left) * (position - index);
}

function kernelTable(): Float64Array {
  const table = new Float64Array(CROSSINGS * POINTS + 1);
  for (let i = 0; i < table.length; i++) {
    const x = i / POINTS;
    const window = bessel0(KAISER_BETA * Math.sqrt(1 - (x / CROSSINGS) ** 2)) / bessel0(KAISER_BETA);
    table[i] = (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)) * window;
  }
  return table;
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-16; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
