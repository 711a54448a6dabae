import { bool, int, map, oneOf, oneOfNumbers, str } from "./option.js";

const common = {
  enabled: bool(true, "Whether this provider may be used."),
  preload_models: bool(
    false,
    "Load and warm this provider's model at start; false loads it at the first request.",
  ),
  keep_alive: int(
    -2,
    -2,
    31_536_000,
    "Seconds an idle model stays in memory; -1 for ever, -2 as the general option.",
  ),
  model_path: str("", "Folder with the model's files, instead of a model of the catalog."),
};

const sileroRate = (fallback: 24_000 | 48_000) =>
  oneOfNumbers(fallback, [8000, 24_000, 48_000], "Samples a second of the speech.");

const silero = {
  ...common,
  default_speaker: str("xenia", "Speaker when a request names none: aidar, baya, kseniya, xenia, eugene."),
  torch_device: oneOf("cpu", ["cpu", "cuda"], "Where to run; cuda falls back to cpu with a warning."),
  threads: int(0, 0, 64, "Threads PyTorch uses; 0 takes the general option."),
  put_accent: bool(true, "Let the model place the stress in Russian words."),
  put_yo: bool(true, "Let the model write ё where it belongs."),
  speaker_by_assname: map(
    "Speaker by the name of the assistant, forms of a name separated by |; empty takes the usual two.",
  ),
};

/** `providers.<kind>.<name>.<key>`: the keys each provider reads. */
export const PROVIDER_OPTIONS = {
  asr: {
    moonshine: {
      ...common,
      model_size: oneOf("auto", ["auto", "tiny", "base"], "Model size; auto takes the best that fits."),
    },
    whisper: {
      ...common,
      model_size: oneOf(
        "auto",
        ["auto", "tiny", "base", "small", "medium", "large", "large-v3", "turbo"],
        "Model size; auto takes the smallest that serves well.",
      ),
      device: oneOf("cpu", ["cpu", "cuda"], "Where to run; cuda falls back to cpu with a warning."),
      default_language: str("", "Language when a request names none; empty detects it."),
    },
  },
  tts: {
    espeak: {
      ...common,
      rate: int(175, 80, 450, "Words per minute."),
      pitch: int(50, 0, 99, "Pitch."),
    },
    silero_v3: { ...silero, sample_rate: sileroRate(24_000) },
    silero_v4: { ...silero, sample_rate: sileroRate(48_000) },
  },
  vad: {
    silero_vad: { ...common },
  },
  wake: {},
} as const;

export const PROVIDER_KINDS = { stt: "asr", tts: "tts", vad: "vad", wake: "wake" } as const;
