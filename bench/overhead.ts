import sherpa from "sherpa-onnx-node";
import { decodePcm } from "../src/audio/pcm.js";
import { resample } from "../src/audio/resample.js";
import { readWav } from "../src/audio/wav.js";
import { ENGINE_RATE_HZ, type LoadSpec, type Provider } from "../src/engines/capability.js";
import { findEspeakData } from "../src/engines/piper/espeak-data.js";
import { findProvider } from "../src/engines/registry.js";
import { yieldPriority } from "../src/workers/yield-priority.js";
import { COMMAND, SENTENCE, wavOf } from "./lib/clips.js";
import { closeHouse, modelFile, obtain, openHouse, ready } from "./lib/house.js";
import { type Row, report } from "./lib/report.js";
import { requestMs } from "./lib/requests.js";
import { median, spread, timed } from "./lib/statistics.js";

/**
 * What our path adds to the bare engine: Wyoming, sessions, a process for each model, trimming. Bare: the library
 * called in this process; provider: our engine in this process; program: the built program over Wyoming. They take
 * turns on the same audio and the same text.
 *
 *     script/bench overhead [ROUNDS]
 */
const ROUNDS = Number(process.argv[2] ?? 7);
const THREADS = 2;
const MODELS = ["moonshine/base-en", "whisper/tiny", "piper/en_US-curie-medium"] as const;
type Model = (typeof MODELS)[number];
const VOICE = "en_US-curie-medium";

const FILES: Readonly<Record<Model, Readonly<Record<string, string>>>> = {
  "moonshine/base-en": {
    encoder: "encoder_model.onnx",
    decoder: "decoder_model_merged.onnx",
    tokens: "tokens.txt",
  },
  "whisper/tiny": {
    encoder: "tiny-encoder.int8.onnx",
    decoder: "tiny-decoder.int8.onnx",
    tokens: "tiny-tokens.txt",
  },
  "piper/en_US-curie-medium": { model: `${VOICE}.onnx`, config: `${VOICE}.onnx.json`, tokens: "tokens.txt" },
};

const pathsOf = (model: Model): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(FILES[model]).map(([role, file]) => [role, modelFile(model, file)]));

const { format, pcm } = readWav(wavOf(COMMAND));
const command = resample(decodePcm(format, pcm), format.rateHz, ENGINE_RATE_HZ);

/** The library as its own examples use it. */
async function bare(model: Model): Promise<() => Promise<unknown>> {
  const { encoder = "", decoder = "", tokens = "", model: voice = "" } = pathsOf(model);
  if (model === "piper/en_US-curie-medium") {
    const dataDir = (await findEspeakData()) ?? "";
    const tts = await sherpa.OfflineTts.createAsync({
      model: { vits: { model: voice, tokens, dataDir }, numThreads: THREADS, provider: "cpu", debug: 0 },
      maxNumSentences: 1,
    });
    return () => tts.generateAsync({ text: SENTENCE, sid: 0, speed: 1, enableExternalBuffer: false });
  }
  const kind =
    model === "whisper/tiny"
      ? { whisper: { encoder, decoder, language: "en", task: "transcribe", tailPaddings: -1 } as const }
      : { moonshine: { encoder, mergedDecoder: decoder } };
  const recognizer = await sherpa.OfflineRecognizer.createAsync({
    featConfig: { sampleRate: ENGINE_RATE_HZ, featureDim: 80 },
    modelConfig: { ...kind, tokens, numThreads: THREADS, provider: "cpu", debug: 0 },
  });
  return async () => {
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples: command, sampleRate: ENGINE_RATE_HZ });
    return recognizer.decodeAsync(stream);
  };
}

async function ours(model: Model): Promise<() => Promise<unknown>> {
  const [name = ""] = model.split("/");
  const spec: LoadSpec = {
    model,
    provider: name,
    paths: pathsOf(model),
    params: {},
    settings: {},
    threads: THREADS,
    arena: true,
  };
  const provider: Provider | undefined = await findProvider(name)?.load(spec, () => undefined);
  if (provider?.capability === "tts") {
    return async () => {
      let samples = 0;
      const speech = provider.synthesize({ text: SENTENCE }, new AbortController().signal);
      for await (const piece of speech) samples += piece.length;
      return samples;
    };
  }
  if (provider?.capability !== "stt") throw new Error(`${model} does neither speak nor transcribe`);
  return async () => {
    const stream = await provider.open({ language: "en" });
    await stream.accept(command);
    return stream.finish();
  };
}

await obtain([...MODELS, "silero_vad/v5"]);
/** As the program's workers: on a busy machine their neighbours would otherwise decide the ratio. */
const NICE = 10;
yieldPriority(NICE, console.warn);

const rows: Row[] = [];
const raw: unknown[] = [];
for (const model of MODELS) {
  const engines = [await bare(model), await ours(model)] as const;
  const kind = model.startsWith("piper") ? ("tts" as const) : ("stt" as const);
  for (const trimmed of kind === "stt" ? [false, true] : [false]) {
    const program = await openHouse({ [kind]: model, audio: { trim_silence: trimmed } });
    await ready(program);
    const port = await program.port("wyoming");
    const times: { bare: number[]; provider: number[]; program: number[] } = {
      bare: [],
      provider: [],
      program: [],
    };
    for (let round = 0; round <= ROUNDS; round++) {
      const bareMs = (await timed(engines[0])).ms;
      const providerMs = (await timed(engines[1])).ms;
      const programMs = await requestMs(port, kind, model);
      // The first round of each is its warm-up.
      if (round === 0) continue;
      times.bare.push(bareMs);
      times.provider.push(providerMs);
      times.program.push(programMs);
    }
    await closeHouse(program);
    raw.push({ model, trimmed, ...times });
    rows.push({
      model,
      trimmed: kind === "tts" ? "-" : trimmed ? "yes" : "no",
      "bare, ms": spread(times.bare),
      "provider, ms": spread(times.provider),
      "program, ms": spread(times.program),
      "program / bare": (median(times.program) / median(times.bare)).toFixed(2),
      "program / provider": (median(times.program) / median(times.provider)).toFixed(2),
    });
  }
  // After each model: a long run that is broken off has not measured for nothing.
  report({
    name: "overhead",
    title: `Our path beside the bare engine, median [range] of ${ROUNDS} rounds`,
    rows,
    raw,
  });
}
