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
  /** Pauses up to this long stay inside a segment; longer ones are left out. */
  readonly joinSamples: number;
  /** Longest segment the engine does well. */
  readonly maxSamples: number;
}

/** Pieces are planned to fill this share of the longest at most, so that a cut can move to a quiet moment. */
const FILL = 0.8;

/**
 * The parts of an utterance worth recognising, in order and apart, cut at the quietest moments where one would be too
 * long. Together they hold every frame of speech. Empty when no frame reaches the threshold.
 * @param probabilities of speech, one a frame, from the first sample on
 * @param length of the utterance in samples
 */
export function segmentSpeech(
  probabilities: Float32Array,
  length: number,
  options: SegmentOptions,
): Segment[] {
  const runs = speechRuns(probabilities, length, options);
  return runs.flatMap((run, index) => {
    // Two margins that would meet share the pause between them.
    const before = middle(runs[index - 1]?.to, run.from) ?? 0;
    const after = middle(run.to, runs[index + 1]?.from) ?? length;
    const from = Math.max(before, run.from - options.marginSamples);
    const to = Math.min(after, run.to + options.marginSamples);
    return split({ from, to }, probabilities, options);
  });
}

/** An utterance without known pauses, cut into equal pieces that are short enough. */
export function evenPieces(length: number, maxSamples: number): Segment[] {
  // Nothing over infinity is nothing, but an engine without a limit still gets the whole.
  const count = Math.max(Math.sign(length), Math.ceil(length / maxSamples));
  return Array.from({ length: count }, (_, index) => ({
    from: Math.round((index * length) / count),
    to: Math.round(((index + 1) * length) / count),
  }));
}

/** Frames of speech, joined across short pauses. */
function speechRuns(probabilities: Float32Array, length: number, options: SegmentOptions): Segment[] {
  const { threshold, frameSamples, joinSamples } = options;
  const runs: { from: number; to: number }[] = [];
  for (let frame = 0; frame * frameSamples < length && frame < probabilities.length; frame += 1) {
    if ((probabilities[frame] ?? 0) < threshold) continue;
    const from = frame * frameSamples;
    const to = Math.min(length, from + frameSamples);
    const last = runs.at(-1);
    if (last && from - last.to <= joinSamples) last.to = to;
    else runs.push({ from, to });
  }
  return runs;
}

/** Cuts a segment at quiet frames until every piece is short enough. */
function split(segment: Segment, probabilities: Float32Array, options: SegmentOptions): Segment[] {
  const { from, to } = segment;
  const { maxSamples } = options;
  const length = to - from;
  if (length <= maxSamples) return [segment];
  // As few pieces as fit: some models take as long for a short piece as for a long one.
  const pieces = Math.max(2, Math.ceil(length / (FILL * maxSamples)));
  const first = Math.floor(pieces / 2);
  const edge = Math.min(maxSamples, length) / 8;
  const low = Math.max(from + edge, to - (pieces - first) * maxSamples);
  const high = Math.min(to - edge, from + first * maxSamples);
  const wanted = from + (length * first) / pieces;
  const quiet = quietest(probabilities, { low, high, wanted }, options.frameSamples);
  // Engines with a very short limit leave less than a frame to choose from.
  const cut = Math.max(from + 1, Math.min(to - 1, quiet));
  return [
    ...split({ from, to: cut }, probabilities, options),
    ...split({ from: cut, to }, probabilities, options),
  ];
}

/** Frames on each side that count for how quiet a moment is, nearer ones more: about a third of a second in all. */
const REACH = 5;

/** The middle of the frame in the least speech-like stretch between two samples, near the wanted one among equals. */
function quietest(
  probabilities: Float32Array,
  { low, high, wanted }: { low: number; high: number; wanted: number },
  frameSamples: number,
): number {
  const half = frameSamples / 2;
  let best = Math.round((low + high) / 2);
  let bestScore = Number.POSITIVE_INFINITY;
  for (let frame = Math.max(0, Math.floor(low / frameSamples) - 1); ; frame += 1) {
    const position = Math.floor(frame * frameSamples + half);
    if (position > high) return best;
    if (position < low) continue;
    let score = Math.abs(position - wanted) / Math.max(1, high - low);
    for (let away = -REACH; away <= REACH; away += 1) {
      score += (probabilities[frame + away] ?? 0) * (1 - Math.abs(away) / (REACH + 1));
    }
    if (score < bestScore) {
      bestScore = score;
      best = position;
    }
  }
}

function middle(end: number | undefined, start: number | undefined): number | undefined {
  return end === undefined || start === undefined ? undefined : Math.floor((end + start) / 2);
}
