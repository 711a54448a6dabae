/** Mono 16-bit PCM as so many channels that all carry the same. */
export function toChannels(mono: Uint8Array, channels: number): Uint8Array {
  if (channels === 1) return mono;
  const frames = Math.floor(mono.length / 2);
  const all = new Uint8Array(frames * 2 * channels);
  for (let frame = 0; frame < frames; frame++) {
    const sample = mono.subarray(frame * 2, frame * 2 + 2);
    for (let channel = 0; channel < channels; channel++) all.set(sample, (frame * channels + channel) * 2);
  }
  return all;
}
