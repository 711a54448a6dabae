/** Where speech lies in an utterance. Positions are samples; `to` is exclusive. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

export interface SegmentOptions {
  /** Probability from which a frame counts as speech. */
  readonly threshold: number;
  readonly frameSamples: number;
  /** Kept before and after speech, so that soft beginnings and endings survive. */
  readonly marginSamples: number;
  /** Pauses shorter than this stay inside a segment. */
  readonly joinSamples: number;
  /** Longest segment the engine does well. */
  readonly maxSamples: number;
}

/**
 * The parts of an utterance worth recognising, cut at the quietest moments where one would be too long.
 * Empty when no frame reaches the threshold.
 * @param probabilities of speech, one a frame, from the first sample on
 * @param length of the utterance in samples
 */
export function segmentSpeech(
  probabilities: Float32Array,
  length: number,
  options: SegmentOptions,
): Segment[] {
  const { threshold, frameSamples, marginSamples, joinSamples } = options;
  const joined: { from: number; to: number }[] = [];
  for (let frame = 0; frame < probabilities.length; frame += 1) {
    if ((probabilities[frame] ?? 0) < threshold) continue;
    const from = frame * frameSamples;
    const last = joined.at(-1);
    if (last && from - last.to <= joinSamples) last.to = from + frameSamples;
    else joined.push({ from, to: from + frameSamples });
  }
  const first = joined[0];
  const last = joined.at(-1);
  if (!first || !last) return [];
  const whole = {
    from: Math.max(0, first.from - marginSamples),
    to: Math.min(length, last.to + marginSamples),
  };
  return split(whole, probabilities, options);
}

/** Halves a segment at its quietest frame, away from its ends, until every piece is short enough. */
function split(segment: Segment, probabilities: Float32Array, options: SegmentOptions): Segment[] {
  const length = segment.to - segment.from;
  if (length <= options.maxSamples) return [segment];
  const edge = Math.min(options.maxSamples / 4, length / 4);
  const low = Math.ceil((segment.from + edge) / options.frameSamples);
  const high = Math.floor((segment.to - edge) / options.frameSamples);
  const frame = quietest(probabilities, low, high);
  const cut = Math.round(frame * options.frameSamples + options.frameSamples / 2);
  return [
    ...split({ from: segment.from, to: cut }, probabilities, options),
    ...split({ from: cut, to: segment.to }, probabilities, options),
  ];
}

/** The frame in the middle of the least speech-like stretch of about a third of a second, nearest to the centre. */
function quietest(probabilities: Float32Array, low: number, high: number): number {
  const reach = 5;
  const centre = (low + high) / 2;
  let best = Math.round(centre);
  let bestScore = Number.POSITIVE_INFINITY;
  for (let frame = low; frame <= high; frame += 1) {
    let sum = 0;
    for (let near = frame - reach; near <= frame + reach; near += 1) sum += probabilities[near] ?? 0;
    const score = sum + Math.abs(frame - centre) / Math.max(1, high - low);
    if (score < bestScore) {
      bestScore = score;
      best = frame;
    }
  }
  return best;
}
