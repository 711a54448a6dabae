import type { OnlineRecognizer } from "sherpa-onnx-node";
import { EngineError, messageOf } from "../../base/errors.js";
import { ENGINE_RATE_HZ, type LoadSpec, type ProviderDescriptor, type SpeechToText } from "../capability.js";
import { readSettings } from "../provider-settings.js";
import { loadSherpa, sherpaAvailable } from "../sherpa/load-sherpa.js";
import { createOfflineRecognizer, decodeWith } from "../sherpa/offline-recognizer.js";
import { withSessionOptions } from "../sherpa/session-options.js";
import { WholeUtterance } from "../whole-utterance.js";
import { letterCaseOf } from "./letter-case.js";
import { OFFLINE_FAMILIES, type OfflineFamily } from "./offline-families.js";
import { ONLINE_FAMILIES, type OnlineFamily } from "./online-families.js";
import { OnlineUtterance } from "./online-utterance.js";

/** Memory of these networks grows with the length of what they hear at once. */
const USUAL_MAX_SECONDS = 30;
const MAX_SECONDS = { least: 2, most: 600 } as const;

/** Shorter than this no word fits in, and some networks fail on less than their window: it is filled up. */
const MIN_SAMPLES = 0.1 * ENGINE_RATE_HZ;
const FILL_SAMPLES = 0.6 * ENGINE_RATE_HZ;

/**
 * Speech models of the sherpa-onnx releases that have no provider of their own.
 *
 * Params: `family`, a key of the tables of families; `language`; `max_seconds`, the longest audio decoded at once by
 * families that do not stream. Files: `encoder`, `decoder`, `joiner` for transducers, `model` for the others; `tokens`.
 * @see https://k2-fsa.github.io/sherpa/onnx/pretrained_models/index.html
 */
export const sherpa: ProviderDescriptor = {
  name: "sherpa",
  capability: "stt",
  engine: "sherpa-onnx-node",
  title: "Sherpa",
  isolation: "own",
  streams: ({ family }) => Object.hasOwn(ONLINE_FAMILIES, String(family)),
  available: sherpaAvailable,
  load: loadSherpaModel,
};

async function loadSherpaModel(spec: LoadSpec): Promise<SpeechToText> {
  readSettings(spec, {});
  const name = String(spec.params["family"] ?? "");
  const offline = Object.hasOwn(OFFLINE_FAMILIES, name) ? OFFLINE_FAMILIES[name] : undefined;
  if (offline) return loadOffline(spec, offline);
  const online = Object.hasOwn(ONLINE_FAMILIES, name) ? ONLINE_FAMILIES[name] : undefined;
  if (online) return loadOnline(spec, online);
  const known = [...Object.keys(OFFLINE_FAMILIES), ...Object.keys(ONLINE_FAMILIES)].join(", ");
  throw refusal(spec, `one of ${known} as family, not "${name}"`);
}

async function loadOffline(spec: LoadSpec, family: OfflineFamily): Promise<SpeechToText> {
  const maxSamples = maxSecondsOf(spec) * ENGINE_RATE_HZ;
  const model = family(spec);
  const { recognizer } = await createOfflineRecognizer(spec, model);
  const decode = decodeWith(recognizer);
  const readable = letterCaseOf(model.tokens ?? "");
  const language = languageOf(spec);
  return {
    capability: "stt",
    streaming: false,
    maxSamples,
    open: async () =>
      new WholeUtterance({
        maxSamples,
        decode: async (samples) => {
          if (samples.length < MIN_SAMPLES) return { text: "" };
          const { text } = await decode(filled(samples));
          return { text: readable(text.trim()), ...(language === undefined ? {} : { language }) };
        },
      }),
    // sherpa-onnx has no call to free a model; the worker's end does.
    close: async () => undefined,
  };
}

async function loadOnline(spec: LoadSpec, family: OnlineFamily): Promise<SpeechToText> {
  const model = family(spec);
  const recognizer = await createOnlineRecognizer(spec, model);
  const options = { recognizer, language: languageOf(spec), readable: letterCaseOf(model.tokens ?? "") };
  return {
    capability: "stt",
    streaming: true,
    open: async () => new OnlineUtterance(options),
    close: async () => undefined,
  };
}

/** Blocks the thread while it loads: sherpa-onnx knows no other way for these. */
async function createOnlineRecognizer(
  { model: id, threads, arena }: LoadSpec,
  model: ReturnType<OnlineFamily>,
): Promise<OnlineRecognizer> {
  const { OnlineRecognizer: Recognizer } = await loadSherpa();
  try {
    return await withSessionOptions(
      arena,
      async (provider) =>
        new Recognizer({
          featConfig: { sampleRate: ENGINE_RATE_HZ, featureDim: 80 },
          modelConfig: { ...model, numThreads: threads, provider, debug: 0 },
          enableEndpoint: 0,
        }),
    );
  } catch (error) {
    throw new EngineError("engine-load-failed", `sherpa-onnx could not load ${id}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Sound only, with silence behind it up to the shortest length all networks take. */
function filled(samples: Float32Array): Float32Array {
  const whole = new Float32Array(Math.max(samples.length, FILL_SAMPLES));
  for (const [at, sample] of samples.entries()) whole[at] = Number.isFinite(sample) ? sample : 0;
  return whole;
}

function maxSecondsOf(spec: LoadSpec): number {
  const seconds = spec.params["max_seconds"] ?? USUAL_MAX_SECONDS;
  if (typeof seconds === "number" && seconds >= MAX_SECONDS.least && seconds <= MAX_SECONDS.most)
    return seconds;
  throw refusal(spec, `a number from ${MAX_SECONDS.least} to ${MAX_SECONDS.most} as max_seconds`);
}

function languageOf({ params }: LoadSpec): string | undefined {
  return typeof params["language"] === "string" ? params["language"] : undefined;
}

const refusal = ({ model }: LoadSpec, needs: string): EngineError =>
  new EngineError("engine-load-failed", `The catalog entry of ${model} needs ${needs}.`);
