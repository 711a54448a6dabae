import { bool, float, int, list, map, match, oneOf, oneOfNumbers, str } from "./option.js";

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
  priority: float(
    1,
    0.1,
    10,
    "Above 1 its models are loaded before others of their kind and leave memory after them.",
  ),
  model_path: str("", "Folder with the model's files, instead of a model of the catalog."),
};

const sileroRate = (fallback: 24_000 | 48_000) =>
  oneOfNumbers(fallback, [8000, 24_000, 48_000], "Samples a second of the speech.");

const language = (doc: string) =>
  match("", /^([A-Za-z]{2,4}([_-][A-Za-z0-9]{2,8})*)?$/, "empty or a language code such as en or ru", doc);

const silero = {
  ...common,
  default_speaker: str("xenia", "Speaker when a request names none: aidar, baya, kseniya, xenia, eugene."),
  torch_device: oneOf("cpu", ["cpu", "cuda"], "Where to run; cuda falls back to cpu with a warning."),
  threads: int(0, 0, 64, "Threads PyTorch uses; 0 takes the general option."),
  model_url: str("", "Address of a package to use instead of the Russian one of the catalog."),
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
      default_language: language(
        "Language when a request names none; empty takes the general one, auto detects it.",
      ),
    },
    vosk: {
      ...common,
      default_language: language(
        "Language of the model that is preloaded, and that answers when a request names none; empty takes the general one.",
      ),
      model_paths: map("Folder with a Vosk model, by language, instead of models of the catalog."),
      grammar: list([], "Sentences or words to listen for; empty hears everything the model knows."),
      library: str("", "Path of libvosk.so; empty finds it, and on 64-bit ARM without one downloads it."),
    },
    sherpa: { ...common },
  },
  tts: {
    espeak: {
      ...common,
      rate: int(175, 80, 450, "Words per minute."),
      pitch: int(50, 0, 99, "Pitch."),
    },
    piper: {
      ...common,
      default_speaker: str("", "Speaker of a voice with several; empty takes its first."),
      length_scale: float(1, 0.1, 5, "Slowness of speech: 1.2 is a fifth slower."),
      noise_scale: float(0, 0, 2, "Variation of the sound; 0 takes the voice's own."),
      noise_w: float(0, 0, 2, "Variation of the rhythm; 0 takes the voice's own."),
      espeak_data: str("", "Path of espeak-ng-data; empty finds it."),
    },
    silero_v3: { ...silero, sample_rate: sileroRate(24_000) },
    silero_v4: { ...silero, sample_rate: sileroRate(48_000) },
    vosk_tts: {
      ...common,
      default_language: oneOf(
        "ru",
        ["ru", "en", "de", "fr", "es"],
        "Language when a request names none and its letters do not tell; all but ru are spoken by espeak-ng.",
      ),
      default_speaker: str("", "Speaker when a request names none; empty takes the model's first."),
      sample_rate: oneOfNumbers(22_050, [16_000, 22_050, 44_100], "Samples a second of the speech."),
      voice_speed: float(1, 0.5, 2, "Speed of speech; 1 is normal."),
    },
  },
  vad: {
    silero_vad: { ...common },
  },
  wake: {
    openwakeword: {
      ...common,
      threshold: float(0.5, 0.05, 0.99, "Score from which a word counts as heard."),
      trigger_level: int(1, 1, 20, "Frames of 80 ms in a row above the threshold before a word counts."),
      refractory_seconds: float(2, 0, 60, "Seconds after a detection without another of the same word."),
    },
  },
} as const;

export const PROVIDER_KINDS = { stt: "asr", tts: "tts", vad: "vad", wake: "wake" } as const;
