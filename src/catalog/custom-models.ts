import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ModelManifest, ModelSource } from "./manifest.js";
import { isModelName } from "./parse-model.js";

/** The user's own models, and sentences about files that could not become one. */
export interface CustomModels {
  readonly models: readonly ModelManifest[];
  readonly problems: readonly string[];
}

/** Better than anything the catalog would choose: who puts a voice there wants to hear it. */
const WANTED = 95;
const MEGABYTE = 1e6;

/**
 * Makes catalog entries of the files a user has put into a folder: Piper voices as `<name>.onnx` with
 * `<name>.onnx.json`, and wake words as `wake/<word>.onnx`. The folder need not exist.
 * @param shipped the program's own entries; wake words take the networks all words share from there.
 */
export async function customModels(dir: string, shipped: readonly ModelManifest[]): Promise<CustomModels> {
  const voices = await Promise.all((await onnxFiles(dir)).map((file) => customVoice(dir, file)));
  const wake = join(dir, "wake");
  const words = (await onnxFiles(wake)).map((file) => customWord(wake, file, shipped));
  const all = [...voices, ...words];
  return {
    models: all.filter((model) => typeof model !== "string"),
    problems: all.filter((model) => typeof model === "string"),
  };
}

async function onnxFiles(dir: string): Promise<readonly string[]> {
  // Most installations have no such folder.
  const names = await readdir(dir).catch(() => []);
  return names.filter((name) => name.endsWith(".onnx") && !name.startsWith(".")).sort();
}

/** The voice's entry, or a sentence on why there is none. */
async function customVoice(dir: string, file: string): Promise<ModelManifest | string> {
  const name = nameOf(file);
  const path = join(dir, file);
  if (!isModelName(name)) return `${path} has no usable name; call it like de_DE-anna-medium.onnx`;
  const config = await readConfig(`${path}.json`);
  if (typeof config === "string") return config;
  const { size } = await stat(path);
  return {
    ...own(`piper/${name}`, "tts", name.replaceAll("_", " "), path),
    languages: [config.language],
    // Through the voices that were measured after their longest piece.
    memory: { loadPeakBytes: size * 3.4 + 115 * MEGABYTE, steadyBytes: size * 3.4 + 105 * MEGABYTE },
    computeSeconds: size > 90 * MEGABYTE ? 4 : 1.5,
    files: [
      { role: "model", path: `${name}.onnx` },
      { role: "config", path: `${name}.onnx.json` },
      { role: "tokens", path: "tokens.txt" },
    ],
    sources: [
      {
        kind: "file",
        dir,
        names: { model: file, config: `${file}.json` },
        recipes: { model: "piper-metadata", tokens: "piper-tokens" },
      },
    ],
    ...(config.speakers.length > 1 && { speakers: config.speakers }),
  };
}

interface VoiceConfig {
  readonly language: string;
  readonly speakers: readonly string[];
}

async function readConfig(path: string): Promise<VoiceConfig | string> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return `${path} is missing; a Piper voice needs it beside its .onnx file`;
  try {
    const { language, espeak, speaker_id_map: ids } = JSON.parse(text) as ConfigJson;
    const code = language?.code ?? espeak?.voice;
    if (!code) return `${path} names no language; add "language": {"code": "de_DE"}`;
    const speakers = Object.entries(ids ?? {}).sort(([, a], [, b]) => a - b);
    return { language: code, speakers: speakers.map(([speaker]) => speaker) };
  } catch {
    return `${path} is not valid JSON; export the voice again`;
  }
}

interface ConfigJson {
  readonly language?: { readonly code?: string };
  readonly espeak?: { readonly voice?: string };
  readonly speaker_id_map?: Readonly<Record<string, number>>;
}

function customWord(dir: string, file: string, shipped: readonly ModelManifest[]): ModelManifest | string {
  const path = join(dir, file);
  const name = nameOf(file).replace(/_v\d[\d.]*$/, "");
  if (!isModelName(name)) return `${path} has no usable name; call it like hey_house.onnx`;
  const sample = shipped.find(({ provider }) => provider === "openwakeword");
  if (!sample) return `${path} cannot be used: the catalog has no openWakeWord model to share networks with`;
  const shared = sample.files.filter(({ role }) => role !== "word");
  const sources = sample.sources.flatMap((source): ModelSource[] => {
    const part = withoutWord(source);
    return part ? [{ kind: "parts", parts: [part, { kind: "file", dir, names: { word: file } }] }] : [];
  });
  return {
    ...own(`openwakeword/${name}`, "wake", name.replaceAll("_", " "), path),
    languages: [],
    memory: sample.memory,
    files: [...shared, { role: "word", path: `${name}.onnx` }],
    sources,
    params: { word: name },
  };
}

/** The part of a shipped word's source that gives the networks all words share. */
function withoutWord(source: ModelSource): ModelSource | undefined {
  if (source.kind === "npm") {
    return { ...source, members: source.members.filter(({ role }) => role !== "word") };
  }
  if (source.kind !== "http") return undefined;
  const { word: _, ...urls } = source.urls;
  return { ...source, urls };
}

type Own = Omit<ModelManifest, "languages" | "memory" | "files" | "sources">;

function own(id: string, capability: ModelManifest["capability"], title: string, path: string): Own {
  return {
    id,
    provider: id.split("/")[0] ?? "",
    capability,
    title: `${title} (your own)`,
    licence: { id: "LicenseRef-own", commercial: true },
    attribution: { name: "You", url: `file://${path}` },
    quality: WANTED,
    params: {},
    origin: path,
  };
}

const nameOf = (file: string): string => basename(file, ".onnx").normalize("NFC").replace(/\s+/g, "_");
