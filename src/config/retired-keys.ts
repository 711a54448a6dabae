type Tree = Readonly<Record<string, unknown>>;

/**
 * Keys that configurations of Irene may hold and that mean nothing here, with what takes their place. They are warned
 * of rather than refused, so that a configuration can be brought over as it is.
 */
const RETIRED: Readonly<Record<string, string>> = {
  "providers.asr.whisper.download_root": "models are kept in data_dir",
  "providers.asr.whisper.temperature": "Whisper decodes greedily",
  "providers.asr.whisper.no_speech_threshold":
    "silence is found by voice detection, see audio.speech_threshold",
  "providers.asr.vosk.sample_rate": "audio of any rate is converted to the 16000 Hz of the models",
  "providers.asr.vosk.confidence_threshold": "confidences count where models race, see racing.min_confidence",
  "providers.tts.silero_v3.model_file": "name the model, as in tts: silero_v3/v3_en",
  "providers.tts.silero_v4.model_file": "name the model, as in tts: silero_v4/v4_ru",
};

/** A layer of options without the retired keys, and a sentence about each of them. Pure. */
export function withoutRetired(layer: Tree): { readonly layer: Tree; readonly warnings: readonly string[] } {
  let kept = layer;
  const warnings: string[] = [];
  for (const [path, instead] of Object.entries(RETIRED)) {
    const rest = without(kept, path.split("."));
    if (!rest) continue;
    kept = rest;
    warnings.push(`${path} has no effect and is ignored: ${instead}.`);
  }
  return { layer: kept, warnings };
}

/** The tree without one key; undefined when it has none of that name. */
function without(tree: Tree, [key = "", ...below]: readonly string[]): Tree | undefined {
  const { [key]: value, ...others } = tree;
  if (!(key in tree)) return undefined;
  if (below.length === 0) return others;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const rest = without(value as Tree, below);
  return rest && { ...tree, [key]: rest };
}
