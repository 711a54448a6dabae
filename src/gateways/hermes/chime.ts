import { encodePcm16 } from "../../audio/pcm.js";
import { writeWav } from "../../audio/wav.js";

/** Two short tones, the second one higher: frequencies in hertz. */
const TONES_HZ = [660, 880] as const;
const TONE_SECONDS = 0.09;
const LOUDNESS = 0.3;
/** Each tone swells and fades over this time, lest the speaker clicks. */
const FADE_SECONDS = 0.01;

/** Length of the sound in milliseconds. */
export const CHIME_MS = TONES_HZ.length * TONE_SECONDS * 1_000;

/** The sound that says "I am listening", as a WAV file with the header small satellites count on. */
export function chimeWav(rateHz: number): Uint8Array {
  const samples = TONES_HZ.flatMap((hz) => tone(hz, rateHz));
  return writeWav({ rateHz, widthBytes: 2, channels: 1 }, encodePcm16(Float32Array.from(samples)));
}

function tone(hz: number, rateHz: number): readonly number[] {
  const length = Math.round(TONE_SECONDS * rateHz);
  return Array.from({ length }, (_, at) => {
    const fromEdge = Math.min(at, length - 1 - at) / (FADE_SECONDS * rateHz);
    return LOUDNESS * Math.min(1, fromEdge) * Math.sin((2 * Math.PI * hz * at) / rateHz);
  });
}
