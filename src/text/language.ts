/** The language of a code without region or script: `ru` of `ru-RU`, `ru_RU` and `RU`. */
export function baseLanguage(code: string): string {
  return (/^[a-z]+/i.exec(code.trim())?.[0] ?? "").toLowerCase();
}
