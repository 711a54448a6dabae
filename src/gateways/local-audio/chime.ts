import { encodePcm16 } from "../../audio/pcm.js";
import { PLAY_FORMAT } from "./backend.js";

/** Two short notes, rising: a fifth. */
const NOTES_HZ = [659.26, 987.77] as const;
const NOTE_SECONDS = 0.09;
/** Quiet, as the microphone hears it too. */
const LOUDNESS = 0.2;

/** The sound that says "I am listening": 16-bit mono at `PLAY_FORMAT`'s rate. */
export function chime(): Uint8Array {
  const { rateHz } = PLAY_FORMAT;
  const length = Math.round(NOTE_SECONDS * rateHz);
  const samples = new Float32Array(length * NOTES_HZ.length);
  for (const [note, hz] of NOTES_HZ.entries()) {
    for (let n = 0; n < length; n++) {
      // Swells and fades, or each note would click.
      const envelope = Math.sin((Math.PI * n) / length);
      samples[note * length + n] = LOUDNESS * envelope * Math.sin((2 * Math.PI * hz * n) / rateHz);
    }
  }
  return encodePcm16(samples);
}
