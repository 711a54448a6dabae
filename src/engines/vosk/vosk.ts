import { EngineError } from "../../base/errors.js";
import { type Availability, ENGINE_RATE_HZ, type LoadSpec, type ProviderDescriptor } from "../capability.js";
import { isInstalled } from "../installed-package.js";
import { damaged } from "../model-path.js";
import { readElsewhere, readSettings, type Setting, text } from "../provider-settings.js";
import { openLibVosk } from "./libvosk.js";
import { libraryCandidates, locateLibrary } from "./locate-library.js";
import { openModelFolder } from "./model-folder.js";
import { VoskStt } from "./vosk-stt.js";

const sentences: Setting<readonly string[]> = {
  expects: "a list of sentences or lines of text",
  fallback: [],
  parse: (value) => {
    const list: unknown = typeof value === "string" ? value.split(/\r?\n/) : value;
    if (!Array.isArray(list) || !list.every((entry) => typeof entry === "string")) return undefined;
    return list.map((entry) => entry.trim()).filter((entry) => entry !== "");
  },
};

const SETTINGS = {
  library: text(""),
  model_paths: readElsewhere,
  // Which model answers is the catalog's choice and already made.
  default_language: readElsewhere,
  grammar: sentences,
};

/**
 * Speech to text by Vosk models, through libvosk.
 *
 * Files: `dir`, the model's folder; optionally `library`, a libvosk.so. Settings: `library`, path of libvosk.so;
 * `grammar`, sentences or words to listen for, as a list or as lines of text. Params: `language`.
 */
export const vosk: ProviderDescriptor = {
  name: "vosk",
  capability: "stt",
  engine: "libvosk",
  title: "VOSK ASR",
  isolation: "own",
  streams: () => true,
  available: voskAvailable,
  part: (settings) => missingLibrary(settings, process.arch),
  load: loadVosk,
};

async function voskAvailable(): Promise<Availability> {
  const native = `@koromix/koffi-${process.platform}-${process.arch}`;
  if (!isInstalled("koffi") || !isInstalled(native)) {
    return { ok: false, reason: `The package ${native} is not installed; install the add-on again.` };
  }
  if (LIBRARY_PARTS[process.arch] !== undefined) return { ok: true };
  return locateLibrary({ arch: process.arch, candidates: libraryCandidates() });
}

/** Entries of `models/parts` with the library, by Node's name of the processor. */
const LIBRARY_PARTS: Readonly<Record<string, string>> = { arm64: "vosk/libvosk_arm64" };

/** The part that brings libvosk, where neither the settings name one nor the system has one. */
export async function missingLibrary(
  { library }: Readonly<Record<string, unknown>>,
  arch: string,
): Promise<string | undefined> {
  const part = LIBRARY_PARTS[arch];
  if (part === undefined || (typeof library === "string" && library !== "")) return undefined;
  const located = await locateLibrary({ arch, candidates: libraryCandidates(arch) });
  return located.ok ? undefined : part;
}

async function loadVosk(spec: LoadSpec, warn: (sentence: string) => void): Promise<VoskStt> {
  const settings = readSettings(spec, SETTINGS);
  const dir = spec.paths["dir"];
  if (!dir) {
    throw new EngineError("engine-load-failed", `The model ${spec.model} has no dir in its catalog entry.`);
  }
  const located = await locateLibrary({
    wanted: spec.paths["library"] ?? settings.library,
    arch: process.arch,
    candidates: libraryCandidates(),
  });
  if (!located.ok) throw new EngineError("engine-unavailable", located.reason);
  const folder = await openModelFolder(dir);
  const library = await openLibVosk(located.path, ENGINE_RATE_HZ);
  const model = await library.newModel(folder.dir);
  if (model === undefined) throw damaged(folder.dir, "libvosk cannot read it");
  const language = spec.params["language"];
  return new VoskStt({
    library,
    model,
    takesGrammar: folder.grammar,
    language: typeof language === "string" ? language : undefined,
    grammar: settings.grammar,
    warn,
  });
}
