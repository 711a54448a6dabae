import {
  ENGINE_RATE_HZ,
  type LoadSpec,
  type ProviderDescriptor,
  type SpeechToText,
  type Transcript,
} from "../capability.js";
import { modelPath } from "../model-path.js";
import { checkOnnxFile } from "../onnx/onnx-file.js";
import { onnxRuntimeAvailable, openOnnxSession } from "../onnx/onnx-session.js";
import { oneOf, readSettings } from "../provider-settings.js";
import { withoutLoop } from "../repetition.js";
import { WholeUtterance } from "../whole-utterance.js";
import { MoonshineNetwork } from "./moonshine-network.js";
import { TokenText } from "./token-text.js";

/** Beyond half a minute the decoder falls into loops. */
const MAX_SAMPLES = 28 * ENGINE_RATE_HZ;

/** Shorter than this no word fits in. */
const MIN_SAMPLES = 0.1 * ENGINE_RATE_HZ;

/** Six steps of a 16-bit sample: no microphone is this quiet, and the networks invent words for it. */
const SILENCE_PEAK = 2e-4;

/** Lone punctuation and notes of music stand for sounds. */
const WORD = /[\p{L}\p{N}]/u;

/** What the released models speak; others say so in their catalog entry. */
const LANGUAGE = "en";

/**
 * Moonshine by Useful Sensors: its cost grows with the audio's length, so short commands are quick.
 * Files: `encoder`, `decoder` (the merged one), `tokens`. Parameter: `language` where it is not English.
 * @see https://github.com/moonshine-ai/moonshine
 */
export const moonshine: ProviderDescriptor = {
  name: "moonshine",
  capability: "stt",
  engine: "onnxruntime-node",
  title: "Moonshine",
  isolation: "own",
  available: onnxRuntimeAvailable,
  load: loadMoonshine,
};

async function loadMoonshine(spec: LoadSpec): Promise<SpeechToText> {
  // Which size is the catalog's choice and already made; here the word is only checked.
  readSettings(spec, { model_size: oneOf(["auto", "tiny", "base"], "auto") });
  const encoder = modelPath(spec, "encoder");
  const decoder = modelPath(spec, "decoder");
  checkOnnxFile(encoder, { inputs: ["input_values"], outputs: ["last_hidden_state"] });
  checkOnnxFile(decoder, { inputs: ["encoder_hidden_states", "use_cache_branch"], outputs: ["logits"] });
  const vocabulary = new TokenText(modelPath(spec, "tokens"));
  const network = new MoonshineNetwork(
    await openOnnxSession(encoder, spec),
    await openOnnxSession(decoder, spec),
  );
  const language = String(spec.params["language"] ?? LANGUAGE);
  const decode = async (samples: Float32Array): Promise<Transcript> => {
    if (samples.length < MIN_SAMPLES || isSilent(samples)) return { text: "" };
    const { tokens, confidence, cutOff } = await network.decode(samples);
    const text = vocabulary.textOf(tokens);
    if (!WORD.test(text)) return { text: "" };
    return { text: cutOff ? withoutLoop(text) : text, language, confidence };
  };
  return {
    capability: "stt",
    streaming: false,
    maxSamples: MAX_SAMPLES,
    open: async () => new WholeUtterance({ maxSamples: MAX_SAMPLES, decode }),
    close: () => network.release(),
  };
}

function isSilent(samples: Float32Array): boolean {
  return samples.every((sample) => Math.abs(sample) < SILENCE_PEAK);
}
