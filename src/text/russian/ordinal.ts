import { cardinal } from "./cardinal.js";
import { type Case, endings, type Forms, type Gender, inCase } from "./grammar.js";

/** What an ordinal agrees with: a gender in the singular, or the plural. */
export type OrdinalForm = Gender | "plural";

const HARD: Readonly<Record<OrdinalForm, string>> = {
  masculine: "ый ого ому ый ым ом",
  feminine: "ая ой ой ую ой ой",
  neuter: "ое ого ому ое ым ом",
  plural: "ые ых ым ые ыми ых",
};
/** третий is the one soft ordinal. */
const SOFT: Readonly<Record<OrdinalForm, string>> = {
  masculine: "ий ьего ьему ий ьим ьем",
  feminine: "ья ьей ьей ью ьей ьей",
  neuter: "ье ьего ьему ье ьим ьем",
  plural: "ьи ьих ьим ьи ьими ьих",
};
/** Stems stressed on the ending: their masculine nominative is -ой. */
const STRESSED_ENDING = new Set(["нулев", "втор", "шест", "седьм", "восьм", "сороков"]);

const SMALL_STEMS =
  "нулев перв втор трет четвёрт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат шестнадцат семнадцат восемнадцат девятнадцат".split(
    " ",
  );
const TENS_STEMS = "двадцат тридцат сороков пятидесят шестидесят семидесят восьмидесят девяност".split(" ");
const HUNDREDS_STEMS = "сот двухсот трёхсот четырёхсот пятисот шестисот семисот восьмисот девятисот".split(
  " ",
);
const SCALE_STEMS = ["тысячн", "миллионн", "миллиардн", "триллионн"];

/**
 * An ordinal in words: `две тысячи двадцать четвёртого` of 2024 in the genitive. Only its last word changes.
 * @param value from 0 to `LARGEST_CARDINAL`
 */
export function ordinal(value: bigint, form: OrdinalForm = "masculine", wanted: Case = "nominative"): string {
  const { lead, stem } = split(value);
  const last = inCase(lastForms(stem, form), wanted);
  return lead > 0n ? `${cardinal(lead)} ${last}` : last;
}

function lastForms(stem: string, form: OrdinalForm): Forms {
  if (stem === "трет") return endings(stem, SOFT[form]);
  const made = endings(stem, HARD[form]);
  if (form !== "masculine" || !STRESSED_ENDING.has(stem)) return made;
  return [`${stem}ой`, made[1], made[2], `${stem}ой`, made[4], made[5]];
}

function split(value: bigint): { readonly lead: bigint; readonly stem: string } {
  const rest = Number(value % 100n);
  if (value === 0n) return { lead: 0n, stem: SMALL_STEMS[0] ?? "" };
  if (rest !== 0) {
    if (rest < 20) return { lead: value - BigInt(rest), stem: SMALL_STEMS[rest] ?? "" };
    const ones = rest % 10;
    if (ones === 0) return { lead: value - BigInt(rest), stem: TENS_STEMS[rest / 10 - 2] ?? "" };
    return { lead: value - BigInt(ones), stem: SMALL_STEMS[ones] ?? "" };
  }
  const hundreds = Number(value % 1000n) / 100;
  if (hundreds > 0) return { lead: value - BigInt(hundreds * 100), stem: HUNDREDS_STEMS[hundreds - 1] ?? "" };
  return roundScale(value);
}

/** 2000, 5000000: the count melts into the word (двухтысячный, пятимиллионный). */
function roundScale(value: bigint): { readonly lead: bigint; readonly stem: string } {
  let scale = 0;
  let count = value / 1000n;
  while (count % 1000n === 0n && scale < SCALE_STEMS.length - 1) {
    count /= 1000n;
    scale += 1;
  }
  const group = count % 1000n;
  return {
    lead: (count - group) * 1000n ** BigInt(scale + 1),
    stem: `${fused(group)}${SCALE_STEMS[scale] ?? ""}`,
  };
}

/** A number as the first half of a compound: `пяти` of пятиминутный, `двадцатиодно` of двадцатиоднолетний. */
export function compoundForm(count: bigint): string {
  return count === 1n ? "одно" : fused(count);
}

function fused(count: bigint): string {
  if (count === 1n) return "";
  return cardinal(count, "masculine", "genitive")
    .split(" ")
    .map((word) => ({ одного: "одно", ста: "сто", девяноста: "девяносто" })[word] ?? word)
    .join("");
}
