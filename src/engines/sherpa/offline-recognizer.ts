import type { OfflineRecognizer, OfflineRecognizerConfig, OfflineResult } from "sherpa-onnx-node";
import { EngineError, messageOf } from "../../base/errors.js";
import { ENGINE_RATE_HZ, type LoadSpec } from "../capability.js";
import { loadSherpa } from "./load-sherpa.js";
import { withSessionOptions } from "./session-options.js";

/** The model's part of a recognizer's configuration; threads and session options come from the load order. */
export type OfflineModel = OfflineRecognizerConfig["modelConfig"];

/** What is said in one piece of audio. */
export type Decode = (samples: Float32Array) => Promise<OfflineResult>;

/** A loaded recognizer with the configuration it can be given again. */
export interface LoadedRecognizer {
  readonly recognizer: OfflineRecognizer;
  readonly config: OfflineRecognizerConfig;
}

/**
 * Creates a recognizer off the event loop. Check the files first: what sherpa-onnx refuses can end the process.
 * @throws {EngineError} `engine-unavailable`, `engine-load-failed`
 */
export async function createOfflineRecognizer(
  spec: LoadSpec,
  model: OfflineModel,
): Promise<LoadedRecognizer> {
  const sherpa = await loadSherpa();
  const config = (provider: string): OfflineRecognizerConfig => ({
    featConfig: { sampleRate: ENGINE_RATE_HZ, featureDim: 80 },
    modelConfig: { ...model, numThreads: spec.threads, provider, debug: 0 },
  });
  try {
    const recognizer = await withSessionOptions(spec.arena, (provider) =>
      sherpa.OfflineRecognizer.createAsync(config(provider)),
    );
    return { recognizer, config: config("cpu") };
  } catch (error) {
    throw new EngineError(
      "engine-load-failed",
      `sherpa-onnx could not load ${spec.model}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Decodes with a fresh stream each time; the stream is freed by garbage collection. */
export function decodeWith(recognizer: OfflineRecognizer): Decode {
  return async (samples) => {
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples, sampleRate: ENGINE_RATE_HZ });
    try {
      return await recognizer.decodeAsync(stream);
    } catch (error) {
      throw new EngineError("engine-failed", `sherpa-onnx could not transcribe: ${messageOf(error)}`, {
        cause: error,
      });
    }
  };
}
