import { readFile } from "node:fs/promises";
import { AssetError } from "../../base/errors.js";

/** The part of a Piper voice's `.onnx.json` that the recipes need. */
export interface PiperConfig {
  readonly rateHz: number;
  readonly speakers: number;
  /** Name of the eSpeak voice that makes its phonemes. */
  readonly espeakVoice: string;
  readonly language: string;
  /** Phoneme by phoneme, its ids. */
  readonly phonemeIds: ReadonlyMap<string, readonly number[]>;
}

/**
 * @throws {AssetError} `asset-corrupt` when the file is not a Piper configuration
 * @see https://github.com/OHF-Voice/piper1-gpl — the configuration beside every voice
 */
export async function readPiperConfig(path: string | undefined): Promise<PiperConfig> {
  const corrupt = (why: string, cause?: unknown) =>
    new AssetError("asset-corrupt", `The configuration of the Piper voice is unusable: ${why}`, { cause });
  if (path === undefined) throw corrupt("its .onnx.json is missing");
  let json: Json;
  try {
    json = JSON.parse(await readFile(path, "utf8")) as Json;
  } catch (error) {
    throw corrupt(`${path} cannot be read as JSON`, error);
  }
  const rateHz = json.audio?.sample_rate;
  const map = json.phoneme_id_map;
  if (typeof rateHz !== "number" || rateHz <= 0) throw corrupt("it names no sample rate");
  if (typeof map !== "object" || map === null || Object.keys(map).length === 0) {
    throw corrupt("it has no phonemes");
  }
  const espeakVoice = json.espeak?.voice;
  if (typeof espeakVoice !== "string" || espeakVoice === "") throw corrupt("it names no eSpeak voice");
  return {
    rateHz,
    espeakVoice,
    speakers: typeof json.num_speakers === "number" ? Math.max(1, json.num_speakers) : 1,
    language: json.language?.code ?? espeakVoice,
    phonemeIds: new Map(Object.entries(map)),
  };
}

interface Json {
  readonly audio?: { readonly sample_rate?: unknown };
  readonly espeak?: { readonly voice?: unknown };
  readonly language?: { readonly code?: string };
  readonly num_speakers?: unknown;
  readonly phoneme_id_map?: Readonly<Record<string, readonly number[]>> | null;
}
