import { readFile } from "node:fs/promises";
import { EngineError } from "../../base/errors.js";
import { damaged } from "../model-path.js";

/** How a model wants its input. */
export type VoskTtsKind = "plain" | "multistream_v1" | "multistream_v2" | "multistream_v3";

/** What `config.json` says, checked. */
export interface VoskTtsConfig {
  readonly kind: VoskTtsKind;
  /** Plain models only: a blank between any two phonemes. */
  readonly blanks: boolean;
  /** Ids of each phoneme and punctuation mark; most have one. */
  readonly ids: ReadonlyMap<string, readonly number[]>;
  readonly rateHz: number;
  readonly noise: number;
  readonly durationNoise: number;
  /** Speed factor the model was tuned for. */
  readonly speed: number;
  /** Factor on the samples. */
  readonly gain: number;
  /** Speakers by name with their number; names are numbers where the model has none. */
  readonly speakers: ReadonlyMap<string, number>;
}

const KINDS: readonly VoskTtsKind[] = ["multistream_v1", "multistream_v2", "multistream_v3"];
const MAX_SPEAKERS = 1000;

/**
 * Reads a model's `config.json`.
 * @param names of the speakers by number, for models that only count them
 * @throws {EngineError} `engine-load-failed`, `engine-bad-graph` for a kind of model this program does not know
 */
export async function readModelConfig(path: string, names: readonly string[] = []): Promise<VoskTtsConfig> {
  const config = record(await parse(path), path, "it is not a JSON object");
  const inference = optionalRecord(config["inference"]);
  const audio = optionalRecord(config["audio"]);
  const ids = readIds(record(config["phoneme_id_map"], path, "it has no phoneme_id_map"), path);
  for (const mark of ["^", "$"]) {
    if (!ids.has(mark)) throw damaged(path, `its phoneme_id_map has no ${mark}`);
  }
  return {
    kind: kindOf(config["model_type"], path),
    blanks: !truthy(config["no_blank"]),
    ids,
    rateHz: numberIn(audio["sample_rate"], 4000, 192_000) ?? 22_050,
    noise: numberIn(inference["noise_level"], 0, 10) ?? 0.8,
    durationNoise: numberIn(inference["duration_noise_level"], 0, 10) ?? 0.8,
    speed: numberIn(inference["speech_rate"], 0.05, 20) ?? 1,
    gain: numberIn(inference["scale"], 0, 100) ?? 1,
    speakers: readSpeakers(config, names),
  };
}

async function parse(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw damaged(path, "it cannot be read", error);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, "it is not JSON", error);
  }
}

function kindOf(value: unknown, path: string): VoskTtsKind {
  if (value === undefined || value === null || value === "") return "plain";
  const known = KINDS.find((kind) => kind === value);
  if (known) return known;
  // Other names belong to plain models of the training tool; a newer multistream one would only make noise.
  if (typeof value === "string" && !value.startsWith("multistream")) return "plain";
  throw new EngineError(
    "engine-bad-graph",
    `${path} is for a model of the type ${String(value)}, which this version cannot feed; update the add-on.`,
  );
}

function readIds(
  map: Readonly<Record<string, unknown>>,
  path: string,
): ReadonlyMap<string, readonly number[]> {
  const ids = new Map<string, readonly number[]>();
  for (const [phoneme, value] of Object.entries(map)) {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const numbers = list.filter((id): id is number => Number.isInteger(id));
    if (numbers.length === 0 || numbers.length < list.length) {
      throw damaged(path, `its phoneme_id_map has no number for ${phoneme}`);
    }
    ids.set(phoneme, numbers);
  }
  return ids;
}

function readSpeakers(
  config: Readonly<Record<string, unknown>>,
  names: readonly string[],
): ReadonlyMap<string, number> {
  const named = Object.entries(optionalRecord(config["speaker_id_map"])).filter(
    (entry): entry is [string, number] => Number.isInteger(entry[1]),
  );
  if (named.length > 0) return new Map(named.sort((left, right) => left[1] - right[1]));
  const count = numberIn(config["num_speakers"], 1, MAX_SPEAKERS) ?? Math.max(1, names.length);
  return new Map(Array.from({ length: count }, (_, index) => [names[index] ?? String(index), index]));
}

function record(value: unknown, path: string, why: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw damaged(path, why);
}

function optionalRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function numberIn(value: unknown, min: number, max: number): number | undefined {
  return typeof value === "number" && value >= min && value <= max ? value : undefined;
}

const truthy = (value: unknown): boolean => value === true || (typeof value === "number" && value !== 0);
