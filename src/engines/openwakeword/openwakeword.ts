import { basename, extname } from "node:path";
import { EngineError } from "../../base/errors.js";
import type { LoadSpec, ProviderDescriptor, WakeDetector } from "../capability.js";
import { damaged, modelPath } from "../model-path.js";
import { checkOnnxFile } from "../onnx/onnx-file.js";
import { onnxRuntimeAvailable, openOnnxSession } from "../onnx/onnx-session.js";
import { readElsewhere, readSettings } from "../provider-settings.js";
import { FeaturePool, type SharedFeatures } from "./shared-features.js";
import { WakeWordsStream } from "./wake-words-stream.js";
import { WordModel } from "./word-model.js";

/** Embeddings most word models look at: 1.3 s. */
const USUAL_HISTORY = 16;
const LONGEST_HISTORY = 128;

/** Each stream is told them when it opens. */
const SETTINGS = {
  threshold: readElsewhere,
  trigger_level: readElsewhere,
  refractory_seconds: readElsewhere,
};

/** The networks of one process that several words have in common. */
const pool = new FeaturePool();

/**
 * openWakeWord: a network per word on top of two that all words share.
 *
 * Files: `melspectrogram`, `embedding`, and `word`; further words of the same model as `word:<name>`. Params: `word`, the
 * name of `word`, else taken from its file's name; `history`, how many embeddings the words look at, 16 by default.
 * @see https://github.com/dscripka/openWakeWord
 */
export const openwakeword: ProviderDescriptor = {
  name: "openwakeword",
  capability: "wake",
  engine: "onnxruntime-node",
  title: "openWakeWord",
  isolation: "shared",
  available: onnxRuntimeAvailable,
  load: loadOpenWakeWord,
};

async function loadOpenWakeWord(spec: LoadSpec): Promise<WakeDetector> {
  readSettings(spec, SETTINGS);
  const melspectrogram = modelPath(spec, "melspectrogram");
  const embedding = modelPath(spec, "embedding");
  const words = wordFiles(spec);
  checkOnnxFile(melspectrogram, { inputs: ["input"], outputs: ["output"] });
  checkOnnxFile(embedding, { inputs: ["input_1"], outputs: ["conv2d_19"] });
  for (const { path } of words) checkOnnxFile(path, {});
  const history = historyOf(spec);
  const features = await pool.take({ melspectrogram, embedding, history, arena: spec.arena });
  const models: WordModel[] = [];
  const close = async () => {
    for (const model of models.splice(0)) await model.close();
    await features.release();
  };
  try {
    for (const word of words) models.push(await openWord(word, { history, arena: spec.arena, features }));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    capability: "wake",
    words: models.map(({ name }) => name),
    open: (options) => new WakeWordsStream(features.quiet.clone(), models, options),
    close,
  };
}

interface WordFile {
  readonly name: string;
  readonly path: string;
}

function wordFiles(spec: LoadSpec): readonly WordFile[] {
  const path = modelPath(spec, "word");
  const { word } = spec.params;
  const first = { name: typeof word === "string" && word !== "" ? word : nameOf(path), path };
  const others = Object.keys(spec.paths)
    .filter((role) => role.startsWith("word:"))
    .map((role) => ({ name: role.slice("word:".length), path: modelPath(spec, role) }));
  return [first, ...others];
}

/** `hey_jarvis_v0.1.onnx` is the network for hey_jarvis. */
const nameOf = (path: string): string => basename(path, extname(path)).replace(/_v\d[\d.]*$/, "");

function historyOf({ model, params }: LoadSpec): number {
  const history = params["history"] ?? USUAL_HISTORY;
  if (typeof history === "number" && Number.isInteger(history) && history > 0 && history <= LONGEST_HISTORY) {
    return history;
  }
  throw new EngineError(
    "engine-load-failed",
    `The catalog entry of ${model} needs a whole number from 1 to ${LONGEST_HISTORY} as history.`,
  );
}

async function openWord(
  { name, path }: WordFile,
  { history, arena, features }: { history: number; arena: boolean; features: SharedFeatures },
): Promise<WordModel> {
  const model = new WordModel(name, history, await openOnnxSession(path, { threads: 1, arena }));
  try {
    // A network of another kind is refused now and not in the middle of a stream.
    await model.score(features.quiet);
    return model;
  } catch (error) {
    await model.close();
    throw damaged(path, `it is no wake-word model for ${history} embeddings`, error);
  }
}
