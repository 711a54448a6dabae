import { EngineError, messageOf } from "../../base/errors.js";
import type { LoadSpec, ProviderDescriptor, TextToSpeech } from "../capability.js";
import { damaged, modelPath } from "../model-path.js";
import { checkOnnxFile } from "../onnx/onnx-file.js";
import { number, readSettings, text } from "../provider-settings.js";
import { loadSherpa, sherpaAvailable } from "../sherpa/load-sherpa.js";
import { withSessionOptions } from "../sherpa/session-options.js";
import { checkTokensFile } from "../sherpa/tokens-file.js";
import { findEspeakData, hasEspeakVoice, isEspeakData } from "./espeak-data.js";
import { PiperVoice } from "./piper-voice.js";
import { readVoiceConfig, type VoiceConfig } from "./voice-config.js";

const SETTINGS = {
  length_scale: number(0.1, 5, 1),
  noise_scale: number(0, 2, 0),
  noise_w: number(0, 2, 0),
  default_speaker: text(""),
  espeak_data: text(""),
};

/** Entries sherpa-onnx ends the process without, or speaks another language than the voice's. */
const METADATA = ["sample_rate", "n_speakers", "voice", "comment"];

/**
 * Piper voices through sherpa-onnx.
 *
 * Files: `model`, with the metadata of the recipe `piper-metadata`; `tokens`; `config`, the voice's `.onnx.json`;
 * optionally `espeak`, the data folder of eSpeak NG, else the system's. Settings: `length_scale`, above 1 slower than
 * the voice's own; `noise_scale`, `noise_w`, each 0 for the voice's own; `default_speaker`; `espeak_data`.
 * @see https://github.com/OHF-Voice/piper1-gpl
 */
export const piper: ProviderDescriptor = {
  name: "piper",
  capability: "tts",
  engine: "sherpa-onnx-node",
  title: "Piper",
  isolation: "own",
  available: sherpaAvailable,
  load: loadPiper,
};

async function loadPiper(spec: LoadSpec, warn: (sentence: string) => void): Promise<TextToSpeech> {
  const settings = readSettings(spec, SETTINGS);
  const model = modelPath(spec, "model");
  const tokens = modelPath(spec, "tokens");
  const config = readVoiceConfig(modelPath(spec, "config"));
  const facts = checkOnnxFile(model, {
    inputs: ["input", "input_lengths", "scales"],
    outputs: ["output"],
    metadata: METADATA,
  });
  checkTokensFile(tokens);
  const dataDir = await espeakData(spec, settings.espeak_data);
  const voice = facts?.metadata.get("voice") ?? "";
  if (!(await hasEspeakVoice(dataDir, voice))) {
    throw new EngineError(
      "engine-load-failed",
      `${spec.model} needs the eSpeak voice ${voice}, which ${dataDir} does not have; update espeak-ng-data.`,
    );
  }
  const scales = {
    noiseScale: settings.noise_scale || config.noiseScale,
    noiseScaleW: settings.noise_w || config.noiseW,
    lengthScale: settings.length_scale * config.lengthScale,
  };
  return new PiperVoice({
    tts: await createTts(spec, { model, tokens, dataDir, ...scales }),
    speakers: config.speakers,
    defaultSpeaker: defaultSpeaker(config, settings.default_speaker, warn),
    lengthScale: scales.lengthScale,
  });
}

async function espeakData({ model, paths }: LoadSpec, setting: string): Promise<string> {
  const wanted = paths["espeak"] ?? setting;
  if (wanted === "") {
    const found = await findEspeakData();
    if (found !== undefined) return found;
    throw new EngineError(
      "engine-unavailable",
      `${model} needs the data of eSpeak NG; on Debian: apt install espeak-ng-data.`,
    );
  }
  if (await isEspeakData(wanted)) return wanted;
  throw damaged(wanted, "eSpeak NG's phoneme tables are missing in it");
}

function defaultSpeaker({ speakers }: VoiceConfig, wanted: string, warn: (sentence: string) => void): number {
  const [first = 0] = speakers.values();
  if (wanted === "") return first;
  const id = speakers.get(wanted);
  if (id === undefined) warn(`The voice has no speaker ${wanted}; its first one speaks.`);
  return id ?? first;
}

interface VitsFiles {
  readonly model: string;
  readonly tokens: string;
  readonly dataDir: string;
  readonly noiseScale: number;
  readonly noiseScaleW: number;
  readonly lengthScale: number;
}

async function createTts({ model, threads, arena }: LoadSpec, vits: VitsFiles) {
  const sherpa = await loadSherpa();
  try {
    return await withSessionOptions(arena, (provider) =>
      sherpa.OfflineTts.createAsync({
        model: { vits, numThreads: threads, provider, debug: 0 },
        maxNumSentences: 1,
      }),
    );
  } catch (error) {
    throw new EngineError("engine-load-failed", `sherpa-onnx could not load ${model}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
