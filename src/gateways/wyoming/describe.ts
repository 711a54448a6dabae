import type { Capability, ModelManifest } from "../../catalog/manifest.js";
import { wakeWordsOf } from "../../catalog/wake-words.js";
import type { WyomingEvent } from "../../protocol/wyoming/codec.js";
import { type AsrProgram, info, type TtsProgram, type WakeProgram } from "../../protocol/wyoming/info.js";
import type { ProgramIdentity } from "./options.js";

export interface DescribeOptions {
  readonly program: ProgramIdentity;
  readonly endpointing: boolean;
  readonly transcriptStreaming: boolean;
  readonly synthesizeStreaming: boolean;
}

/**
 * What this server offers, as an `info` event. Peers look at the first program of each kind only, so all models of a
 * capability are merged into one. Everything counts as installed, loaded or not: Home Assistant decides at its setup
 * what to show. Equal input in any order gives equal bytes.
 */
export function describeModels(manifests: readonly ModelManifest[], options: DescribeOptions): WyomingEvent {
  const stt = namedModels(manifests, "stt");
  const tts = namedModels(manifests, "tts");
  const wake = manifests.filter(({ capability }) => capability === "wake");
  return info.encode({
    asr: stt.length > 0 ? [asrProgram(stt, options)] : [],
    tts: tts.length > 0 ? [ttsProgram(tts, options)] : [],
    wake: wake.length > 0 ? [wakeProgram(wake, options)] : [],
    handle: [],
    intent: [],
    mic: [],
    snd: [],
  });
}

/** A model under the name peers use for it. */
interface NamedModel {
  readonly name: string;
  readonly manifest: ModelManifest;
}

/** The part of the id after the slash where that is unique, else the whole id. Sorted. */
function namedModels(manifests: readonly ModelManifest[], capability: Capability): readonly NamedModel[] {
  const models = manifests.filter((manifest) => manifest.capability === capability);
  const uses = new Map<string, number>();
  for (const { id } of models) uses.set(shortName(id), (uses.get(shortName(id)) ?? 0) + 1);
  return models
    .map((manifest) => {
      const short = shortName(manifest.id);
      return { name: uses.get(short) === 1 ? short : manifest.id, manifest };
    })
    .sort((a, b) => byCodeUnits(a.name, b.name));
}

const shortName = (id: string): string => id.slice(id.indexOf("/") + 1);

/** Not `localeCompare`, whose order depends on the machine. */
const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function asrProgram(models: readonly NamedModel[], options: DescribeOptions): AsrProgram {
  return {
    ...programFacts(options.program, options.program.asrName, "Speech to text"),
    models: models.map(modelFacts),
    supportsTranscriptStreaming: options.transcriptStreaming,
    requiresExternalVad: !options.endpointing,
    prefersAutoGainEnabled: true,
    prefersNoiseReductionEnabled: true,
  };
}

function ttsProgram(models: readonly NamedModel[], options: DescribeOptions): TtsProgram {
  return {
    ...programFacts(options.program, options.program.ttsName, "Text to speech"),
    voices: models.map((model) => {
      const { speakers } = model.manifest;
      return { ...modelFacts(model), ...(speakers ? { speakers: speakers.map((name) => ({ name })) } : {}) };
    }),
    supportsSynthesizeStreaming: options.synthesizeStreaming,
  };
}

function wakeProgram(manifests: readonly ModelManifest[], options: DescribeOptions): WakeProgram {
  const words = new Map<string, ModelManifest>();
  for (const manifest of [...manifests].sort((a, b) => byCodeUnits(a.id, b.id))) {
    for (const word of wakeWordsOf(manifest)) if (!words.has(word)) words.set(word, manifest);
  }
  const sorted = [...words].sort(([a], [b]) => byCodeUnits(a, b));
  return {
    ...programFacts(options.program, options.program.wakeName, "Wake words"),
    models: sorted.map(([name, manifest]) => ({
      ...modelFacts({ name, manifest }),
      ...(wakeWordsOf(manifest).length > 1 ? { description: phraseOf(name) } : {}),
      phrase: phraseOf(name),
    })),
  };
}

/** `hey_jarvis` as one says it. */
const phraseOf = (word: string): string => word.replaceAll("_", " ");

const programFacts = (program: ProgramIdentity, name: string, description: string) => ({
  name,
  attribution: program.attribution,
  installed: true,
  description,
  version: program.version,
});

const modelFacts = ({ name, manifest }: NamedModel) => ({
  name,
  attribution: manifest.attribution,
  installed: true,
  description: manifest.title,
  languages: manifest.languages,
});
