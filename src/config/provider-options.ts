import { bool, int, oneOf, str } from "./option.js";

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
  },
  vad: {
    silero_vad: { ...common },
  },
  wake: {},
} as const;

export const PROVIDER_KINDS = { stt: "asr", tts: "tts", vad: "vad", wake: "wake" } as const;
