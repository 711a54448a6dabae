import { readFileSync } from "node:fs";
import { messageOf } from "../../base/errors.js";
import { damaged } from "../model-path.js";

/** What the `.onnx.json` beside a Piper voice says that matters while it speaks. */
export interface VoiceConfig {
  /** Names by number; empty where the voice has one speaker. */
  readonly speakers: ReadonlyMap<string, number>;
  readonly noiseScale: number;
  readonly noiseW: number;
  /** Above 1 is slower. */
  readonly lengthScale: number;
}

/** Piper's own values, for voices that name none. */
const USUAL = { noiseScale: 0.667, noiseW: 0.8, lengthScale: 1 } as const;

/**
 * @throws {EngineError} `engine-load-failed`
 * @see https://github.com/OHF-Voice/piper1-gpl/blob/main/docs/TRAINING.md
 */
export function readVoiceConfig(path: string): VoiceConfig {
  const { num_speakers, speaker_id_map, inference } = parse(path);
  const count = typeof num_speakers === "number" ? num_speakers : 1;
  const scales = isObject(inference) ? inference : {};
  return {
    speakers: count > 1 ? speakersOf(speaker_id_map, count) : new Map(),
    noiseScale: positive(scales["noise_scale"], USUAL.noiseScale),
    noiseW: positive(scales["noise_w"], USUAL.noiseW),
    lengthScale: positive(scales["length_scale"], USUAL.lengthScale),
  };
}

function parse(path: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw damaged(path, messageOf(error), error);
  }
  if (!isObject(json)) throw damaged(path, "it is not the configuration of a Piper voice");
  return json;
}

/** By number, since the first is the default. Speakers without a name go by their number. */
function speakersOf(map: unknown, count: number): ReadonlyMap<string, number> {
  const named = Object.entries(isObject(map) ? map : {}).flatMap(([name, id]) =>
    typeof id === "number" && Number.isInteger(id) && id >= 0 && id < count && name !== ""
      ? [[name, id] as const]
      : [],
  );
  const all = named.length > 0 ? named : Array.from({ length: count }, (_, id) => [String(id), id] as const);
  return new Map(all.toSorted(([, a], [, b]) => a - b));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const positive = (value: unknown, usual: number): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : usual;
