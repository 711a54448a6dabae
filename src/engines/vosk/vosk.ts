import { EngineError } from "../../base/errors.js";
import { ENGINE_RATE_HZ, type LoadSpec, type ProviderDescriptor } from "../capability.js";
import { openLibVosk } from "./libvosk.js";
import { libraryCandidates, locateLibrary } from "./locate-library.js";
import { openModelFolder } from "./model-folder.js";
import { VoskStt } from "./vosk-stt.js";

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
  available: async () => {
    const located = await locateLibrary({ arch: process.arch, candidates: libraryCandidates() });
    return located.ok ? { ok: true } : located;
  },
  load: loadVosk,
};

async function loadVosk(
  { model: id, paths, params, settings }: LoadSpec,
  warn: (sentence: string) => void = () => undefined,
): Promise<VoskStt> {
  if (!paths["dir"]) throw new EngineError("engine-load-failed", `${id} names no folder (role "dir").`);
  const located = await locateLibrary({
    wanted: paths["library"] ?? text(settings["library"]),
    arch: process.arch,
    candidates: libraryCandidates(),
  });
  if (!located.ok) throw new EngineError("engine-unavailable", located.reason);
  const folder = await openModelFolder(paths["dir"]);
  const library = await openLibVosk(located.path, ENGINE_RATE_HZ);
  const model = await library.newModel(folder.dir);
  if (model === undefined) {
    throw new EngineError(
      "engine-load-failed",
      `libvosk cannot read ${folder.dir}; download the model again.`,
    );
  }
  return new VoskStt({
    library,
    model,
    takesGrammar: folder.grammar,
    language: text(params["language"]),
    grammar: sentences(settings["grammar"]),
    warn,
  });
}

/** Empty settings count as unset. */
const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

function sentences(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : String(value ?? "").split(/\r?\n/);
  return list.map((entry) => String(entry).trim()).filter((entry) => entry !== "");
}
