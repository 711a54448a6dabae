/** Quietest level that is told apart from silence, in dBFS. */
export const SILENCE_DB = -90;

/** Mean level of 16-bit mono PCM in dBFS: 0 is the loudest there can be, `SILENCE_DB` silence. */
export function levelDb(pcm: Uint8Array): number {
  const samples = Math.floor(pcm.length / 2);
  if (samples === 0) return SILENCE_DB;
  const view = new DataView(pcm.buffer, pcm.byteOffset, samples * 2);
  let sum = 0;
  for (let n = 0; n < samples; n++) sum += (view.getInt16(n * 2, true) / 32_768) ** 2;
  return Math.max(SILENCE_DB, 10 * Math.log10(Math.max(sum / samples, 1e-12)));
}

/** Samples as loud as a volume says. @param percent 0 to 100; half of it sounds half as loud, which takes a curve */
export function withVolume(samples: Float32Array, percent: number): Float32Array {
  if (percent >= 100) return samples;
  const factor = (Math.max(0, percent) / 100) ** 2;
  return samples.map((sample) => sample * factor);
}
