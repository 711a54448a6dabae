import type { ModelManifest } from "./manifest.js";

/**
 * The words a wake model hears, under the names its detections have: `params.word`, else the name of its `word` file,
 * else its own; and one for each further file of the role `word:<name>`.
 */
export function wakeWordsOf({ id, files, params }: ModelManifest): readonly string[] {
  const listed = params["word"];
  const path = files.find(({ role }) => role === "word")?.path ?? id.slice(id.indexOf("/") + 1);
  const first = typeof listed === "string" && listed !== "" ? listed : wordIn(path);
  const others = files
    .filter(({ role }) => role.startsWith("word:"))
    .map(({ role }) => role.slice("word:".length));
  return [first, ...others];
}

/** `models/hey_jarvis_v0.1.onnx` is for hey_jarvis. */
const wordIn = (path: string): string =>
  path
    .replace(/^.*\//, "")
    .replace(/\.[a-z]\w*$/i, "")
    .replace(/_v\d[\d.]*$/, "");
