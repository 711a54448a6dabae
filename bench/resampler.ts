import { spawnSync } from "node:child_process";
import { resample } from "../src/audio/resample.js";
import { report } from "./lib/report.js";
import { median } from "./lib/statistics.js";

/**
 * Our resampler beside SoX's, 44.1 and 48 kHz to 16 kHz and 22.05 to 48 kHz: what is left beside a tone after the
 * best fit of that tone (higher is cleaner), and what comes through of tones that must vanish.
 *
 *     script/bench resampler
 */
const SECONDS = 2;
const RATES = [
  [44_100, 16_000],
  [48_000, 16_000],
  [22_050, 48_000],
] as const;
const TIMED_SECONDS = 60;

type Convert = (samples: Float32Array, fromHz: number, toHz: number) => Float32Array;

const withSox =
  (quality: string): Convert =>
  (samples, fromHz, toHz) => {
    const raw = (rate: number) => [
      "-t",
      "raw",
      "-e",
      "floating-point",
      "-b",
      "32",
      "-c",
      "1",
      "-r",
      String(rate),
    ];
    const args = ["-D", ...raw(fromHz), "-", ...raw(toHz), "-", "rate", quality];
    const { stdout, stderr, status } = spawnSync("sox", args, {
      input: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength),
      maxBuffer: 1e9,
    });
    if (status !== 0) throw new Error(`sox: ${String(stderr)}`);
    return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.byteLength));
  };

const converters: Readonly<Record<string, Convert>> = {
  ours: resample,
  "sox low (-l)": withSox("-l"),
  "sox medium (-m)": withSox("-m"),
  "sox high (-h)": withSox("-h"),
};

const tone = (hz: number, rateHz: number, seconds: number): Float32Array =>
  Float32Array.from({ length: rateHz * seconds }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / rateHz));

const power = (samples: Float32Array): number => samples.reduce((sum, x) => sum + x * x, 0) / samples.length;

/** The edges hold the filter's beginning and end. */
const middle = (samples: Float32Array): Float32Array =>
  samples.subarray(Math.floor(samples.length * 0.1), Math.floor(samples.length * 0.9));

/** Decibels of the best-fitting sine over all else. */
function cleanlinessDb(samples: Float32Array, hz: number, rateHz: number): number {
  const part = middle(samples);
  let [ss, cc, sc, xs, xc] = [0, 0, 0, 0, 0];
  part.forEach((x, n) => {
    const s = Math.sin((2 * Math.PI * hz * n) / rateHz);
    const c = Math.cos((2 * Math.PI * hz * n) / rateHz);
    ss += s * s;
    cc += c * c;
    sc += s * c;
    xs += x * s;
    xc += x * c;
  });
  const determinant = ss * cc - sc * sc;
  const a = (xs * cc - xc * sc) / determinant;
  const b = (xc * ss - xs * sc) / determinant;
  const rest = part.map((x, n) => {
    const angle = (2 * Math.PI * hz * n) / rateHz;
    return x - a * Math.sin(angle) - b * Math.cos(angle);
  });
  return 10 * Math.log10(power(part) / power(rest));
}

const decibels = (ratio: number): number => 10 * Math.log10(ratio);

if (spawnSync("sox", ["--version"]).status !== 0) throw new Error("sox is not installed");
const rows = RATES.flatMap(([fromHz, toHz]) => {
  const band = Math.min(fromHz, toHz) / 2;
  const inside = [0.02, 0.1, 0.25, 0.5, 0.7].map((share) => share * band);
  const outside = [1.2, 1.5, 1.9].map((share) => share * band).filter((hz) => hz < fromHz / 2);
  const long = tone(440, fromHz, TIMED_SECONDS);
  return Object.entries(converters).map(([name, convert]) => {
    const clean = inside.map((hz) =>
      cleanlinessDb(convert(tone(hz, fromHz, SECONDS), fromHz, toHz), hz, toHz),
    );
    const through = outside.map((hz) => {
      const input = tone(hz, fromHz, SECONDS);
      return decibels(power(middle(convert(input, fromHz, toHz))) / power(middle(input)));
    });
    const times = [0, 1, 2].map(() => {
      const startedAt = performance.now();
      convert(long, fromHz, toHz);
      return performance.now() - startedAt;
    });
    return {
      from: fromHz,
      to: toHz,
      resampler: name,
      "SNR of tones, dB (worst)": Math.min(...clean).toFixed(1),
      "SNR of tones, dB (median)": median(clean).toFixed(1),
      "tones above the band, dB (worst)": through.length > 0 ? Math.max(...through).toFixed(1) : "-",
      "ms for 60 s": median(times).toFixed(0),
    };
  });
});
report({ name: "resampler", title: "Resampling, time of SoX with its process", rows });
