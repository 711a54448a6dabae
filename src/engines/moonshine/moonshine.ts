import { ENGINE_RATE_HZ, type LoadSpec, type ProviderDescriptor, type SpeechToText } from "../capability.js";
import { modelPath } from "../model-path.js";
import { checkOnnxFile } from "../onnx/onnx-file.js";
import { oneOf, readSettings } from "../provider-settings.js";
import { sherpaAvailable } from "../sherpa/load-sherpa.js";
import { createOfflineRecognizer, decodeWith } from "../sherpa/offline-recognizer.js";
import { checkTokensFile } from "../sherpa/tokens-file.js";
import { WholeUtterance } from "../whole-utterance.js";

/** Beyond half a minute the decoder falls into loops. */
const MAX_SAMPLES = 28 * ENGINE_RATE_HZ;

/** Shorter than this no word fits in. */
const MIN_SAMPLES = 0.1 * ENGINE_RATE_HZ;

/**
 * Moonshine by Useful Sensors, English only: its cost grows with the audio's length, so short commands are quick.
 * Files: `encoder`, `decoder` (the merged one), `tokens`.
 * @see https://github.com/moonshine-ai/moonshine
 */
export const moonshine: ProviderDescriptor = {
  name: "moonshine",
  capability: "stt",
  engine: "sherpa-onnx-node",
  title: "Moonshine",
  isolation: "own",
  available: sherpaAvailable,
  load: loadMoonshine,
};

async function loadMoonshine(spec: LoadSpec): Promise<SpeechToText> {
  // Which size is the catalog's choice and already made; here the word is only checked.
  readSettings(spec, { model_size: oneOf(["auto", "tiny", "base"], "auto") });
  const encoder = modelPath(spec, "encoder");
  const mergedDecoder = modelPath(spec, "decoder");
  const tokens = modelPath(spec, "tokens");
  checkOnnxFile(encoder, { inputs: ["input_values"], outputs: ["last_hidden_state"] });
  checkOnnxFile(mergedDecoder, {
    inputs: ["encoder_hidden_states", "use_cache_branch"],
    outputs: ["logits"],
  });
  checkTokensFile(tokens);
  const { recognizer } = await createOfflineRecognizer(spec, {
    moonshine: { encoder, mergedDecoder },
    tokens,
  });
  const decode = decodeWith(recognizer);
  return {
    capability: "stt",
    streaming: false,
    maxSamples: MAX_SAMPLES,
    open: async () =>
      new WholeUtterance({
        maxSamples: MAX_SAMPLES,
        decode: async (samples) => {
          if (samples.length < MIN_SAMPLES) return { text: "" };
          return { text: (await decode(samples)).text.trim(), language: "en" };
        },
      }),
    // sherpa-onnx has no call to free a model; the worker's end does.
    close: async () => undefined,
  };
}
