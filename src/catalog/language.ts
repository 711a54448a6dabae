/**
 * How well a model's language serves the one asked for: 2 the same with its region or script, 1 the same language,
 * 0 another one. `de`, `de_DE` and `de-DE` are the same to it.
 * @see https://www.rfc-editor.org/info/bcp47
 */
export function matchLanguage(offered: string, asked: string): 0 | 1 | 2 {
  const [ours, theirs] = [parseLanguage(offered), parseLanguage(asked)];
  if (ours.language !== theirs.language) return 0;
  const shared = Math.min(ours.rest.length, theirs.rest.length);
  return shared > 0 && theirs.rest.slice(0, shared).every((part, at) => ours.rest[at] === part) ? 2 : 1;
}

/** Best match of any of a model's languages. A model without languages, such as a voice detector, serves all. */
export function matchLanguages(offered: readonly string[], asked: string): 0 | 1 | 2 {
  if (offered.length === 0) return 1;
  const matches = offered.map((language) => matchLanguage(language, asked));
  return matches.includes(2) ? 2 : matches.includes(1) ? 1 : 0;
}

/** The plain language of a code: `pt` of `pt_BR`, `nb` of `no`. */
export function baseLanguage(code: string): string {
  return parseLanguage(code).language;
}

/** Codes that mean the same language, old to new and general to the one in use. */
const SAME: Readonly<Record<string, string>> = {
  iw: "he",
  in: "id",
  ji: "yi",
  jw: "jv",
  no: "nb",
  cmn: "zh",
  fil: "tl",
};

function parseLanguage(code: string): { readonly language: string; readonly rest: readonly string[] } {
  const [language = "", ...rest] = code.trim().toLowerCase().split(/[-_]/);
  return { language: SAME[language] ?? language, rest };
}
