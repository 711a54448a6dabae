import { Resampler } from "../../audio/resample.js";
import { EngineError, messageOf } from "../../base/errors.js";
import { baseLanguage } from "../../text/language.js";
import type {
  Availability,
  LoadSpec,
  ProviderDescriptor,
  SpeechRequest,
  TextToSpeech,
} from "../capability.js";
import { onnxRuntimeAvailable } from "../onnx/onnx-session.js";
import { oneOf, readSettings, type Setting, text } from "../provider-settings.js";
import { openVoice } from "./open-voice.js";
import { findSystemVoices, SYSTEM_LANGUAGES, type SystemVoice } from "./system-voice.js";
import { plainText, utterancesOf } from "./utterances.js";
import type { VoiceNetwork } from "./voice-network.js";

const NATIVE_LANGUAGE = "ru";
const SPEEDS = { min: 0.3, max: 3 } as const;
const RATES_HZ = [16_000, 22_050, 44_100] as const;

const HOW_TO_INSTALL =
  "Neither ONNX Runtime nor a speech program is installed; on Debian: apt install espeak-ng, or install the add-on again.";

const rate: Setting<number> = {
  expects: `one of ${RATES_HZ.join(", ")}`,
  fallback: 22_050,
  parse: (value) => RATES_HZ.find((rateHz) => rateHz === value),
};
const speed: Setting<number> = {
  expects: "a number from 0.5 to 2",
  fallback: 1,
  parse: (value) => (typeof value === "number" && value >= 0.5 && value <= 2 ? value : undefined),
};
const SETTINGS = {
  default_language: oneOf(SYSTEM_LANGUAGES, NATIVE_LANGUAGE),
  sample_rate: rate,
  voice_speed: speed,
  default_speaker: text(""),
};

/**
 * The Vosk voices for Russian, through ONNX Runtime. Other languages and sentences the network fails on go to the
 * system's voices: espeak-ng, else espeak, else pyttsx3.
 *
 * Files: `dir`, the model's folder, or `model`, its network with the other files around it. Params: `speakers`, names
 * for the speakers of a model that only counts them; `system: true` for no model at all, only the system's voices.
 * @see https://github.com/alphacep/vosk-tts
 */
export const voskTts: ProviderDescriptor = {
  name: "vosk_tts",
  capability: "tts",
  engine: "onnxruntime-node",
  title: "VOSK TTS",
  isolation: "own",
  available: async (): Promise<Availability> => {
    const runtime = await onnxRuntimeAvailable();
    if (runtime.ok || (await findSystemVoices()).length > 0) return { ok: true };
    return { ok: false, reason: HOW_TO_INSTALL };
  },
  load: (spec, warn) => loadVoskTts(spec, warn),
};

/** @param binFolders where to look for Python, for tests */
export async function loadVoskTts(
  spec: LoadSpec,
  warn: (sentence: string) => void,
  binFolders?: readonly string[],
): Promise<TextToSpeech> {
  const settings = readSettings(spec, SETTINGS);
  const network = spec.params["system"] === true ? undefined : await openVoice(spec);
  const system = await findSystemVoices(binFolders);
  if (!network && system.length === 0) throw new EngineError("engine-unavailable", HOW_TO_INSTALL);
  return new VoskVoice({ ...settings, network, system, warn });
}

interface VoskVoiceOptions {
  readonly network: VoiceNetwork | undefined;
  readonly system: readonly SystemVoice[];
  readonly default_language: string;
  readonly default_speaker: string;
  readonly sample_rate: number;
  readonly voice_speed: number;
  readonly warn: (sentence: string) => void;
}

class VoskVoice implements TextToSpeech {
  readonly capability = "tts";
  readonly rateHz: number;
  readonly speakers: readonly string[];
  readonly #options: VoskVoiceOptions;
  readonly #warned = new Set<string>();

  constructor(options: VoskVoiceOptions) {
    this.#options = options;
    this.rateHz = options.sample_rate;
    const names = [...(options.network?.config.speakers.keys() ?? [])];
    const first = names.includes(options.default_speaker) ? options.default_speaker : names[0];
    this.speakers = first === undefined ? [] : [first, ...names.filter((name) => name !== first)];
    if (options.default_speaker !== "" && first !== options.default_speaker) {
      this.#warnOnce(
        `The voice has no speaker ${options.default_speaker}; it has: ${names.join(", ") || "one"}.`,
      );
    }
  }

  async *synthesize(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<Float32Array> {
    const language = this.#languageOf(request);
    const { network, system } = this.#options;
    if (!network || (language !== NATIVE_LANGUAGE && system.length > 0)) {
      yield* this.#bySystem(plainText(request, language), language, request.speed, signal);
      return;
    }
    for (const utterance of utterancesOf(request)) {
      if (signal.aborted) return;
      if (utterance.kind === "silence")
        yield new Float32Array(Math.round((utterance.ms / 1000) * this.rateHz));
      else yield* this.#byNetwork(network, utterance.text, request, signal);
    }
  }

  async close(): Promise<void> {
    await this.#options.network?.close();
  }

  async *#byNetwork(
    network: VoiceNetwork,
    sentence: string,
    request: SpeechRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Float32Array> {
    const speaker = this.#speakerNumber(network, request.speaker);
    try {
      const samples = await network.speak(sentence, { speaker, speed: this.#speedOf(request.speed) });
      yield* this.#resampled(once({ samples, rateHz: network.config.rateHz }));
    } catch (error) {
      const { system } = this.#options;
      if (system.length === 0) throw error;
      this.#options.warn(`Primary TTS failed, trying ${system[0]?.name} fallback: ${messageOf(error)}`);
      yield* this.#bySystem(sentence, NATIVE_LANGUAGE, request.speed, signal);
    }
  }

  /** Each voice of the system in turn, until one speaks. */
  async *#bySystem(
    said: string,
    language: string,
    wanted: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Float32Array> {
    if (!/[\p{L}\p{N}]/u.test(said)) return;
    const failures: string[] = [];
    for (const voice of this.#options.system) {
      let heard = false;
      try {
        const pieces = voice.speak({ text: said, language, speed: this.#speedOf(wanted) }, signal);
        for await (const samples of this.#resampled(pieces)) {
          heard = true;
          yield samples;
        }
        if (heard || signal.aborted) return;
        failures.push(`${voice.name}: it made no sound`);
      } catch (error) {
        // What was heard cannot be taken back; starting over would say it twice.
        if (heard) throw error;
        failures.push(messageOf(error));
      }
    }
    throw new EngineError("engine-failed", `All TTS methods failed: ${failures.join("; ")}`);
  }

  async *#resampled(
    pieces: AsyncIterable<{ readonly samples: Float32Array; readonly rateHz: number }>,
  ): AsyncGenerator<Float32Array> {
    let resampler: Resampler | undefined;
    for await (const { samples, rateHz } of pieces) {
      resampler ??= new Resampler(rateHz, this.rateHz);
      const converted = resampler.push(samples);
      if (converted.length > 0) yield converted;
    }
    const tail = resampler?.flush();
    if (tail && tail.length > 0) yield tail;
  }

  #languageOf({ language }: SpeechRequest): string {
    const { default_language } = this.#options;
    if (language === undefined || language === "") return default_language;
    const base = baseLanguage(language);
    if (SYSTEM_LANGUAGES.includes(base)) return base;
    this.#warnOnce(`VOSK TTS does not speak ${language.slice(0, 20)}; it takes ${default_language}.`);
    return default_language;
  }

  #speakerNumber({ config }: VoiceNetwork, asked: string | undefined): number {
    const fallback = config.speakers.get(this.speakers[0] ?? "") ?? 0;
    if (asked === undefined || asked === "") return fallback;
    const known = config.speakers.get(asked);
    if (known !== undefined) return known;
    this.#warnOnce(
      `There is no speaker ${asked.slice(0, 100)}; ${this.speakers[0] ?? "the only one"} speaks.`,
    );
    return fallback;
  }

  #speedOf(wanted: number | undefined): number {
    return Math.min(SPEEDS.max, Math.max(SPEEDS.min, this.#options.voice_speed * (wanted ?? 1)));
  }

  #warnOnce(sentence: string): void {
    if (this.#warned.has(sentence) || this.#warned.size > 100) return;
    this.#warned.add(sentence);
    this.#options.warn(sentence);
  }
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
