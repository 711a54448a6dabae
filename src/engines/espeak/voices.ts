/** The voices of one eSpeak installation, by the language codes peers use. */
export interface EspeakVoices {
  /** Every language code it speaks, as `-v` takes them; the default first. */
  readonly codes: readonly string[];
  /** The voice for a code like `de`, `de_DE`, `zh-CN`; undefined when it has none. */
  find(language: string): string | undefined;
}

/** A line of `--voices`: priority, language, age and gender, name, file, then other languages as `(zh 5)`. */
const LINE = /^\s*\d+\s+(\S+)\s+\S+\s+\S+\s+\S+\s*(.*)$/;

/** Reads what `espeak-ng --voices` prints. @param preferred put first when it is there */
export function parseVoices(listing: string, preferred: string): EspeakVoices {
  const voices = new Map<string, string>();
  const others = new Map<string, { voice: string; priority: number }>();
  for (const line of listing.split("\n")) {
    const [, language, rest = ""] = LINE.exec(line) ?? [];
    if (!language) continue;
    voices.set(language.toLowerCase(), language);
    for (const [, code = "", priority] of rest.matchAll(/\((\S+) (\d+)\)/g)) {
      // The smaller number is the better match.
      const known = others.get(code.toLowerCase());
      if (!known || Number(priority) < known.priority) {
        others.set(code.toLowerCase(), { voice: language, priority: Number(priority) });
      }
    }
  }
  const find = (language: string) => {
    const code = language.toLowerCase().replaceAll("_", "-");
    const base = code.split("-")[0] ?? code;
    const lookUp = (name: string) => voices.get(name) ?? others.get(name)?.voice;
    const regional = [...voices.keys()].find((name) => name.startsWith(`${base}-`));
    return lookUp(code) ?? lookUp(base) ?? (regional === undefined ? undefined : voices.get(regional));
  };
  const first = find(preferred);
  const all = [...voices.values()];
  return { codes: first === undefined ? all : [first, ...all.filter((code) => code !== first)], find };
}
