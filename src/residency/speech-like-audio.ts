import { ENGINE_RATE_HZ } from "../engines/capability.js";

/** First three formants of a few vowels in Hz, and how strong they are. */
const VOWELS = [
  [730, 1090, 2440],
  [530, 1840, 2480],
  [270, 2290, 3010],
  [570, 840, 2410],
  [300, 870, 2240],
] as const;
const FORMANT_LEVELS = [0.22, 0.1, 0.04] as const;
const VOICE_HZ = 120;
const SYLLABLE_SAMPLES = ENGINE_RATE_HZ / 4;
const NOISE_LEVEL = 0.004;

/**
 * Speech-like audio in pieces, each made when it is asked for: half a minute in one go would keep a small board from
 * answering anybody for a quarter of a second.
 */
export function* speechLikePieces(samples: number, pieceSamples: number): Generator<Float32Array> {
  for (let from = 0; from < samples; from += pieceSamples)
    yield speechLikeAudio(Math.min(pieceSamples, samples - from), from);
}

/**
 * Mono samples at 16 kHz that sound to a network like somebody talking: syllables of changing vowels over a little
 * noise. Silence will not do: some models leave out their network for it, and then nothing has been warmed. Always
 * the same for the same place.
 * @param from where in an endless speech the samples begin
 */
export function speechLikeAudio(samples: number, from = 0): Float32Array {
  const audio = noise(samples, NOISE_LEVEL);
  for (let at = from; at < from + samples; at++) {
    const syllable = Math.floor(at / SYLLABLE_SAMPLES);
    // Every fifth syllable is a pause, as between words.
    if (syllable % 5 === 4) continue;
    const vowel = VOWELS[(syllable * 3) % VOWELS.length] ?? VOWELS[0];
    const seconds = at / ENGINE_RATE_HZ;
    const envelope = Math.sin((Math.PI * (at % SYLLABLE_SAMPLES)) / SYLLABLE_SAMPLES) ** 2;
    const pulse = 0.6 + 0.4 * Math.cos(2 * Math.PI * VOICE_HZ * seconds);
    let sample = 0;
    for (let formant = 0; formant < vowel.length; formant++) {
      sample += (FORMANT_LEVELS[formant] ?? 0) * Math.sin(2 * Math.PI * (vowel[formant] ?? 0) * seconds);
    }
    audio[at - from] = (audio[at - from] ?? 0) + envelope * pulse * sample;
  }
  return audio;
}

/** White noise in [-level, level], always the same. */
export function noise(samples: number, level: number): Float32Array {
  const audio = new Float32Array(samples);
  let seed = 0x9e3779b9;
  for (let at = 0; at < samples; at++) {
    // xorshift: cheap, and good enough for a hiss.
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    audio[at] = (seed / 2 ** 31) * level;
  }
  return audio;
}
