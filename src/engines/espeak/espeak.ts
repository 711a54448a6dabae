import { EngineError } from "../../base/errors.js";
import type {
  Availability,
  LoadSpec,
  ProviderDescriptor,
  SpeechRequest,
  TextToSpeech,
} from "../capability.js";
import { modelPath } from "../model-path.js";
import { integer, readSettings } from "../provider-settings.js";
import type { EspeakBackEnd } from "./back-end.js";
import { espeakProgram, findEspeak } from "./espeak-program.js";
import { EspeakWasm } from "./espeak-wasm.js";
import { parseVoices } from "./voices.js";

const SETTINGS = { rate: integer(80, 450, 175), pitch: integer(0, 99, 50) };

/** What the program accepts, in words per minute. */
const RATE_RANGE = { min: 80, max: 450 } as const;

const DEFAULT_VOICE = "en-us";

const HOW_TO_INSTALL = "eSpeak NG is not installed; on Debian: apt install espeak-ng.";

/** The entry of `models/parts` to get where the program is missing. */
const WASM_PART = "espeak/wasm";

/** Text without any of these has no sound; the program would read out the names of the characters instead. */
const SPEAKABLE = /[\p{L}\p{N}]/u;

/**
 * eSpeak NG through its command line: any language, no files, a robot's voice. Its languages are its speakers. Where
 * the program is missing, through its WebAssembly build. File, only then: `wasm`, the build's module.
 * @see https://github.com/espeak-ng/espeak-ng/blob/master/src/espeak-ng.1.ronn
 */
export const espeak: ProviderDescriptor = {
  name: "espeak",
  capability: "tts",
  engine: "espeak-ng",
  title: "eSpeak NG",
  isolation: "shared",
  // Without the program its WebAssembly build speaks, which runs wherever this program does.
  available: async (): Promise<Availability> => ({ ok: true }),
  part: async () => ((await findEspeak()) === undefined ? WASM_PART : undefined),
  load: loadEspeak,
};

async function loadEspeak(spec: LoadSpec): Promise<TextToSpeech> {
  const { rate, pitch } = readSettings(spec, SETTINGS);
  const backEnd = await findBackEnd(spec);
  const voices = parseVoices(await backEnd.listVoices(), DEFAULT_VOICE);
  const [defaultVoice] = voices.codes;
  if (defaultVoice === undefined) {
    throw new EngineError("engine-load-failed", `${backEnd.name} has no voices; reinstall its data files.`);
  }
  const voiceFor = ({ speaker, language }: SpeechRequest): string =>
    (speaker === undefined ? undefined : voices.find(speaker)) ??
    (language === undefined ? undefined : voices.find(language)) ??
    defaultVoice;
  const speak = (request: SpeechRequest, signal: AbortSignal) => {
    const wanted = Math.round(rate * (request.speed ?? 1));
    const wordsPerMinute = Math.min(RATE_RANGE.max, Math.max(RATE_RANGE.min, wanted));
    const order = {
      text: request.text,
      voice: voiceFor(request),
      wordsPerMinute,
      pitch,
      ssml: request.ssml ?? false,
    };
    return backEnd.speak(order, signal);
  };
  return {
    capability: "tts",
    rateHz: await rateOf(backEnd, defaultVoice),
    speakers: voices.codes,
    async *synthesize(request, signal) {
      if (signal.aborted || !SPEAKABLE.test(request.text)) return;
      for await (const { samples } of speak(request, signal)) yield samples;
    },
    close: async () => backEnd.close(),
  };
}

async function findBackEnd(spec: LoadSpec): Promise<EspeakBackEnd> {
  const program = await findEspeak();
  if (program !== undefined) return espeakProgram(program);
  if (spec.paths["wasm"] === undefined) throw new EngineError("engine-unavailable", HOW_TO_INSTALL);
  return new EspeakWasm(modelPath(spec, "wasm"));
}

/** The rate is the program's own, the same for all its voices: it is read off the first sound it makes. */
async function rateOf(backEnd: EspeakBackEnd, voice: string): Promise<number> {
  const order = { text: "a", voice, wordsPerMinute: RATE_RANGE.max, pitch: 50, ssml: false };
  for await (const { rateHz } of backEnd.speak(order, new AbortController().signal)) {
    return rateHz;
  }
  throw new EngineError("engine-load-failed", `${backEnd.name} makes no sound; reinstall its data files.`);
}
