import { EngineError } from "../../base/errors.js";
import { baseLanguage } from "../../text/language.js";
import type {
  Availability,
  LoadSpec,
  ProviderDescriptor,
  SpeechRequest,
  TextToSpeech,
} from "../capability.js";
import { type FoundPython, findPythonWith } from "../find-python.js";
import { modelPath } from "../model-path.js";
import { readSettings } from "../provider-settings.js";
import { sileroSettings } from "./settings.js";
import { SileroHost, type SileroPiece } from "./silero-host.js";
import { halves, type SileroText, sileroTexts } from "./silero-text.js";
import { SileroSpeakers } from "./speakers.js";

const HOW_TO_INSTALL =
  "Silero needs Python 3 with PyTorch, which is not in this image; on Debian: apt install python3-torch " +
  "(1.13 runs silero_v3, Debian 13 has 2.6 for silero_v4). Piper voices speak Russian without it.";

/** What the child must have given up before it runs a package's code. */
const SANDBOX = ["rights", "files", "network", "programs"] as const;

interface Version {
  readonly name: string;
  readonly title: string;
  readonly rateHz: number;
}

/**
 * The two versions of Silero's Russian voices (and v3's other languages). Their packages are programs for PyTorch, so
 * they run in a Python child that has given up everything but computing.
 *
 * They are `shared` in isolation because that Python child already is the wall a crash cannot cross, and one home in
 * the parent is what lets both versions use one child.
 * @see https://github.com/snakers4/silero-models
 */
export function sileroProviders(host = new SileroHost()): readonly [ProviderDescriptor, ProviderDescriptor] {
  return [
    descriptorOf(host, { name: "silero_v3", title: "Silero v3 TTS", rateHz: 24_000 }),
    descriptorOf(host, { name: "silero_v4", title: "Silero v4 TTS", rateHz: 48_000 }),
  ];
}

export const [sileroV3, sileroV4] = sileroProviders();

function descriptorOf(host: SileroHost, version: Version): ProviderDescriptor {
  return {
    name: version.name,
    capability: "tts",
    engine: "pytorch",
    title: version.title,
    isolation: "shared",
    available: async (): Promise<Availability> =>
      (await findPythonWith("torch")) ? { ok: true } : { ok: false, reason: HOW_TO_INSTALL },
    load: (spec, warn) => loadSilero(host, version, spec, warn),
  };
}

async function loadSilero(
  host: SileroHost,
  { title, rateHz }: Version,
  spec: LoadSpec,
  warn: (sentence: string) => void,
): Promise<TextToSpeech> {
  const settings = readSettings(spec, sileroSettings(rateHz));
  const python = await findPythonWith("torch");
  if (!python) throw new EngineError("engine-unavailable", HOW_TO_INSTALL);
  const voice = await host.load(python, {
    model: spec.model,
    title,
    file: modelPath(spec, "model"),
    device: settings.torch_device,
    threads: settings.threads || spec.threads,
  });
  if (settings.torch_device === "cuda" && voice.device !== "cuda") {
    warn("PyTorch finds no CUDA device, so Silero runs on the processor; set torch_device to cpu.");
  }
  const missing = SANDBOX.filter((part) => !voice.sandbox.includes(part));
  if (missing.length > 0) {
    warn(`The Silero process could not give up its ${missing.join(", ")} here; use packages you trust only.`);
  }
  const language = languageOf(spec);
  const speakers = new SileroSpeakers({
    speakers: voice.speakers,
    wanted: defaultSpeaker(settings.default_speaker, language, voice.speakers),
    byName: settings.speaker_by_assname,
    warn,
  });
  const russian = language === "ru";
  const accent = { put_accent: settings.put_accent, put_yo: settings.put_yo };
  return {
    capability: "tts",
    rateHz: settings.sample_rate,
    speakers: speakers.all,
    async *synthesize(request: SpeechRequest, signal: AbortSignal) {
      const piece: Omit<SileroPiece, "text" | "ssml"> = {
        speaker: speakers.choose(request.speaker),
        rateHz: settings.sample_rate,
        // The packages of other languages have no stress to put.
        ...(russian ? { accent } : {}),
      };
      for (const text of sileroTexts(request, language)) {
        if (signal.aborted) return;
        yield* speakPiece({ host, python, model: spec.model, piece }, text, signal);
      }
    },
    close: async () => host.unload(spec.model),
  };
}

interface Speaking {
  readonly host: SileroHost;
  readonly python: FoundPython;
  readonly model: string;
  readonly piece: Omit<SileroPiece, "text" | "ssml">;
}

async function* speakPiece(
  speaking: Speaking,
  text: SileroText,
  signal: AbortSignal,
): AsyncGenerator<Float32Array> {
  const { host, python, model, piece } = speaking;
  const outcome = await host.speak(python, model, { ...piece, ...text });
  if (outcome.kind === "sound") yield outcome.samples;
  if (outcome.kind === "sound" || outcome.kind === "nothing" || signal.aborted) return;
  if (outcome.kind === "unloaded") throw new EngineError("engine-failed", `${model} has been unloaded.`);
  const smaller = halves(text);
  if (!smaller)
    throw new EngineError("engine-failed", "Silero cannot say this text, not even in small pieces.");
  for (const part of smaller) yield* speakPiece(speaking, part, signal);
}

/** From the manifest, else from names like `v3_en`. */
function languageOf({ params, model }: LoadSpec): string {
  const named = params["language"];
  if (typeof named === "string" && named !== "") return baseLanguage(named);
  return /_([a-z]{2})(?:[_-]|$)/.exec(model)?.[1] ?? "ru";
}

/** xenia is the default of the Russian packages only; elsewhere the first speaker is, without a warning. */
function defaultSpeaker(wanted: string, language: string, speakers: readonly string[]): string {
  if (language !== "ru" && wanted === "xenia" && !speakers.includes(wanted)) return speakers[0] ?? wanted;
  return wanted;
}
