import type { LoadSpec, ProviderDescriptor, VoiceDetector } from "../capability.js";
import { modelPath } from "../model-path.js";
import { checkOnnxFile } from "../onnx/onnx-file.js";
import { onnxRuntimeAvailable, openOnnxSession } from "../onnx/onnx-session.js";
import { readSettings } from "../provider-settings.js";
import { FRAME_SAMPLES, SileroDetector } from "./silero-detector.js";

/**
 * Silero VAD v5 for 16 kHz. File: `model`. One network serves all streams; each keeps its own state.
 * @see https://github.com/snakers4/silero-vad
 */
export const sileroVad: ProviderDescriptor = {
  name: "silero_vad",
  capability: "vad",
  engine: "onnxruntime-node",
  title: "Silero VAD",
  isolation: "shared",
  available: onnxRuntimeAvailable,
  load: loadSileroVad,
};

async function loadSileroVad(spec: LoadSpec): Promise<VoiceDetector> {
  readSettings(spec, {});
  const path = modelPath(spec, "model");
  checkOnnxFile(path, { inputs: ["input", "state", "sr"], outputs: ["output", "stateN"] });
  // A frame is a hundred thousand multiplications: waking a second thread costs more than it saves.
  const session = await openOnnxSession(path, { threads: 1, arena: spec.arena });
  return {
    capability: "vad",
    frameSamples: FRAME_SAMPLES,
    open: () => new SileroDetector(session),
    close: () => session.release(),
  };
}
