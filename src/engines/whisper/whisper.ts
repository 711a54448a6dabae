import { EngineError, messageOf } from "../../base/errors.js";
import {
  ENGINE_RATE_HZ,
  type LoadSpec,
  type ProviderDescriptor,
  type SpeechToText,
  type Transcript,
} from "../capability.js";
import { Lane } from "../lane.js";
import { modelPath } from "../model-path.js";
import { checkOnnxFile } from "../onnx/onnx-file.js";
import { oneOf, readSettings, text } from "../provider-settings.js";
import { sherpaAvailable } from "../sherpa/load-sherpa.js";
import { createOfflineRecognizer, decodeWith, type LoadedRecognizer } from "../sherpa/offline-recognizer.js";
import { checkTokensFile } from "../sherpa/tokens-file.js";
import { WholeUtterance } from "../whole-utterance.js";
import { cleanText } from "./clean-text.js";
import { languagesOf, type WhisperLanguages, whisperCode } from "./languages.js";

/** The encoder's window is 30 s; sherpa-onnx drops what goes beyond. */
const MAX_SAMPLES = 29 * ENGINE_RATE_HZ;

/** Less than a feature window crashes sherpa-onnx, and no word is this short. */
const MIN_SAMPLES = 0.1 * ENGINE_RATE_HZ;

const SETTINGS = {
  // Which size is the catalog's choice and already made; here the word is only checked.
  model_size: oneOf(["auto", "tiny", "base", "small", "medium", "large", "large-v3", "turbo"], "auto"),
  device: oneOf(["cpu", "cuda"], "cpu"),
  /** Empty and `auto` detect it. */
  default_language: text(""),
};

/**
 * OpenAI Whisper. Files: `encoder`, `decoder`, `tokens` in the layout of the sherpa-onnx releases.
 * @see https://k2-fsa.github.io/sherpa/onnx/pretrained_models/whisper/index.html
 */
export const whisper: ProviderDescriptor = {
  name: "whisper",
  capability: "stt",
  engine: "sherpa-onnx-node",
  title: "Whisper",
  isolation: "own",
  available: sherpaAvailable,
  load: loadWhisper,
};

async function loadWhisper(spec: LoadSpec, warn: (sentence: string) => void): Promise<SpeechToText> {
  const settings = readSettings(spec, SETTINGS);
  if (settings.device === "cuda")
    warn("This build runs Whisper on the processor only: device cuda is ignored.");
  const encoder = modelPath(spec, "encoder");
  const decoder = modelPath(spec, "decoder");
  const tokens = modelPath(spec, "tokens");
  const facts = checkOnnxFile(encoder, {
    inputs: ["mel"],
    outputs: ["n_layer_cross_k", "n_layer_cross_v"],
    metadata: ["n_mels", "n_text_ctx", "sot_sequence", "is_multilingual"],
  });
  checkOnnxFile(decoder, { inputs: ["tokens", "n_layer_cross_k", "offset"], outputs: ["logits"] });
  checkTokensFile(tokens);
  const languages = languagesOf(facts);
  const wanted = settings.default_language === "auto" ? "" : settings.default_language;
  const defaultCode = checkDefault(languages, wanted);
  const model = { encoder, decoder, language: defaultCode, task: "transcribe", tailPaddings: -1 } as const;
  const loaded = await createOfflineRecognizer(spec, { whisper: model, tokens });
  const transcribe = inLanguage(loaded, model);
  return {
    capability: "stt",
    streaming: false,
    maxSamples: MAX_SAMPLES,
    open: async ({ language }) => {
      const code = language === undefined ? defaultCode : whisperCode(languages, language);
      return new WholeUtterance({
        maxSamples: MAX_SAMPLES,
        decode: (samples) => transcribe(samples, code),
      });
    },
    // sherpa-onnx has no call to free a model; the worker's end does.
    close: async () => undefined,
  };
}

/**
 * The language belongs to the recognizer, not to a stream, but is read anew for each decoding: it is set in front of
 * each, and decodings take turns.
 */
function inLanguage(
  { recognizer, config }: LoadedRecognizer,
  model: { encoder: string; decoder: string; task: "transcribe"; tailPaddings: number },
): (samples: Float32Array, language: string) => Promise<Transcript> {
  const turns = new Lane();
  const decode = decodeWith(recognizer);
  return (samples, language) =>
    turns.run(async () => {
      if (samples.length < MIN_SAMPLES) return { text: "" };
      recognizer.setConfig({
        ...config,
        modelConfig: { ...config.modelConfig, whisper: { ...model, language } },
      });
      const result = await decode(samples);
      return {
        text: cleanText(result.text, result.tokens.length, samples.length / ENGINE_RATE_HZ),
        ...(result.lang === "" ? {} : { language: result.lang }),
      };
    });
}

function checkDefault(languages: WhisperLanguages, language: string): string {
  try {
    return whisperCode(languages, language);
  } catch (error) {
    throw new EngineError("engine-load-failed", `default_language: ${messageOf(error)}`, { cause: error });
  }
}
