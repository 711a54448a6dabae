import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LoadSpec } from "../capability.js";
import { damaged, modelPath } from "../model-path.js";
import { checkOnnxFile } from "../onnx/onnx-file.js";
import { openOnnxSession } from "../onnx/onnx-session.js";
import { readModelConfig } from "./model-config.js";
import { Pronunciations } from "./pronunciations.js";
import { VoiceNetwork } from "./voice-network.js";
import { WordEmbeddings } from "./word-embeddings.js";
import { WordPieces } from "./word-pieces.js";

/** Archives put the model one or two folders down. */
const DEPTH = 2;
const NETWORK = "model.onnx";

/** Files of a voice by role, where they lie in the published folders. */
const FILES = {
  model: NETWORK,
  config: "config.json",
  dictionary: "dictionary",
  bert: join("bert", NETWORK),
  vocabulary: join("bert", "vocab.txt"),
} as const;

/**
 * Opens the voice in the folder of the `dir` role, or of the single files `model`, `config`, `dictionary`, `bert` and
 * `vocabulary`; those without a path are looked for around `model`.
 * @throws {EngineError} `engine-load-failed`, `engine-bad-graph`, `engine-unavailable`
 */
export async function openVoice(spec: LoadSpec): Promise<VoiceNetwork> {
  const folder = folderOf(spec);
  const pathOf = (role: keyof typeof FILES): string => spec.paths[role] ?? join(folder, FILES[role]);
  const network = required(pathOf("model"));
  const dictionary = required(pathOf("dictionary"));
  const config = await readModelConfig(required(pathOf("config")), namesIn(spec.params["speakers"]));
  // A file of another kind could end the process, or worse, speak noise.
  checkOnnxFile(network, { inputs: ["input", "input_lengths", "scales"] });
  const vocabulary = pathOf("vocabulary");
  const hasLanguage =
    spec.paths["bert"] !== undefined || spec.paths["vocabulary"] !== undefined || isFile(vocabulary);
  const language = hasLanguage ? required(pathOf("bert")) : undefined;
  if (language !== undefined) checkOnnxFile(language, { inputs: ["input_ids"] });
  const pieces = language === undefined ? undefined : new WordPieces(required(vocabulary));
  const pronunciations = Pronunciations.open(dictionary);
  try {
    const session = await openOnnxSession(network, spec);
    if (language === undefined || !pieces) return new VoiceNetwork({ config, session, pronunciations });
    const lowerCase = config.kind === "multistream_v3";
    const embeddings = new WordEmbeddings(await openOnnxSession(language, spec), pieces, { lowerCase });
    return new VoiceNetwork({ config, session, pronunciations, embeddings });
  } catch (error) {
    pronunciations.close();
    throw error;
  }
}

function folderOf(spec: LoadSpec): string {
  const { dir } = spec.paths;
  if (dir === undefined) return dirname(modelPath(spec, "model"));
  const found = search(dir, DEPTH);
  if (found !== undefined) return found;
  throw damaged(join(dir, NETWORK), "it is missing");
}

function search(dir: string, depth: number): string | undefined {
  if (isFile(join(dir, NETWORK)) && isFile(join(dir, "config.json"))) return dir;
  if (depth === 0) return undefined;
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const folders = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const found = search(join(dir, name), depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function required(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw damaged(path, "it is missing");
  if (found.size === 0) throw damaged(path, "it is empty");
  return path;
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
