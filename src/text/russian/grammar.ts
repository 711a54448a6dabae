/** Cases in the order in which every table of this folder lists its forms. */
export const CASES = [
  "nominative",
  "genitive",
  "dative",
  "accusative",
  "instrumental",
  "prepositional",
] as const;

export type Case = (typeof CASES)[number];
export type Gender = "masculine" | "feminine" | "neuter";

/** Six forms, one per case. */
export type Forms = readonly [string, string, string, string, string, string];

/** The form for a case. */
export function inCase(forms: Forms, wanted: Case): string {
  return forms[CASES.indexOf(wanted)] ?? forms[0];
}

/** Six forms written as one line, for tables. */
export function forms(line: string): Forms {
  const words = line.split(" ");
  const at = (index: number) => words[index] ?? "";
  return [at(0), at(1), at(2), at(3), at(4), at(5)];
}

/** A stem with six endings; `-` is the empty ending. */
export function endings(stem: string, line: string): Forms {
  const made = forms(line);
  const add = (ending: string) => stem + (ending === "-" ? "" : ending);
  return [add(made[0]), add(made[1]), add(made[2]), add(made[3]), add(made[4]), add(made[5])];
}

/** Whether what is counted takes the singular (21), the few form (2-4, 22-24) or the many form (5-20, 25). */
export function countForm(value: bigint): "one" | "few" | "many" {
  const absolute = value < 0n ? -value : value;
  const tens = absolute % 100n;
  const ones = absolute % 10n;
  if (tens >= 11n && tens <= 14n) return "many";
  if (ones === 1n) return "one";
  return ones >= 2n && ones <= 4n ? "few" : "many";
}

const GOVERNED: Readonly<Record<Exclude<Case, "nominative">, string>> = {
  genitive:
    "от до из без для около после у ради кроме вместо более менее больше меньше свыше порядка выше ниже старше младше дороже дешевле с со достигла достиг достигло",
  dative: "к ко благодаря",
  accusative: "в во на за через про сквозь спустя по",
  instrumental: "между над перед",
  prepositional: "о об при",
};

const CASE_AFTER = new Map<string, Case>(
  Object.entries(GOVERNED).flatMap(([governed, words]) =>
    words.split(" ").map((word): [string, Case] => [word, governed as Case]),
  ),
);

/** The case asked for by the last word before a number; undefined when that word asks for none. */
export function governedCase(before: string): Case | undefined {
  const word = /(?:^|[^\p{L}])(\p{L}+)\s+$/u.exec(before)?.[1];
  return word === undefined ? undefined : CASE_AFTER.get(word.toLowerCase());
}
