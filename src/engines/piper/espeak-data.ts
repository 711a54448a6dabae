import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** Where distributions put the data of eSpeak NG; below the last, one folder per processor. */
const USUAL_PLACES = [
  "/usr/share/espeak-ng-data",
  "/usr/local/share/espeak-ng-data",
  "/usr/lib/espeak-ng-data",
];
const LIBRARIES = "/usr/lib";

/** sherpa-onnx refuses a folder without these. */
const NEEDED = ["phontab", "phonindex", "phondata", "intonations"];

/** Whether the folder holds the data of eSpeak NG, whole enough to be opened. */
export async function isEspeakData(dir: string): Promise<boolean> {
  const found = await Promise.all(NEEDED.map((name) => stat(join(dir, name)).catch(() => undefined)));
  return found.every((file) => file?.isFile() && file.size > 0);
}

/** The system's eSpeak NG data, undefined where none is installed. */
export async function findEspeakData(): Promise<string | undefined> {
  const inLibraries = await readdir(LIBRARIES).catch(() => []);
  const candidates = [...USUAL_PLACES, ...inLibraries.map((name) => join(LIBRARIES, name, "espeak-ng-data"))];
  for (const dir of candidates) if (await isEspeakData(dir)) return dir;
  return undefined;
}

/**
 * Whether the data knows a voice by one of its language codes, `en-us` or `ru`; a variant after `+` does not matter.
 * @see https://github.com/espeak-ng/espeak-ng/blob/master/docs/voices.md
 */
export async function hasEspeakVoice(dir: string, voice: string): Promise<boolean> {
  const code = (voice.split("+")[0] ?? "").toLowerCase();
  const lang = join(dir, "lang");
  const files = await readdir(lang, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const file of files.filter((entry) => entry.isFile())) {
    if (file.name.toLowerCase() === code) return true;
    const languages = (await readFile(join(file.parentPath, file.name), "utf8")).matchAll(
      /^language\s+(\S+)/gm,
    );
    for (const [, language] of languages) if (language?.toLowerCase() === code) return true;
  }
  return false;
}
