import type { Rewrite } from "../rewrite.js";
import { cardinal } from "./cardinal.js";
import type { Case } from "./grammar.js";
import { compoundForm, type OrdinalForm, ordinal } from "./ordinal.js";

/** What the letters after the hyphen mean: `5-го`, `1-я`, `2-ю`. */
const ENDINGS: Readonly<Record<string, readonly [OrdinalForm, Case]>> = {
  й: ["masculine", "nominative"],
  ый: ["masculine", "nominative"],
  ий: ["masculine", "nominative"],
  ой: ["masculine", "nominative"],
  я: ["feminine", "nominative"],
  ая: ["feminine", "nominative"],
  ья: ["feminine", "nominative"],
  ю: ["feminine", "accusative"],
  ую: ["feminine", "accusative"],
  е: ["neuter", "nominative"],
  ое: ["neuter", "nominative"],
  ье: ["neuter", "nominative"],
  ые: ["plural", "nominative"],
  го: ["masculine", "genitive"],
  ого: ["masculine", "genitive"],
  му: ["masculine", "dative"],
  ому: ["masculine", "dative"],
  м: ["masculine", "prepositional"],
  ом: ["masculine", "prepositional"],
  ым: ["masculine", "instrumental"],
  х: ["plural", "genitive"],
  ых: ["plural", "genitive"],
};
/** Endings of cardinals: 5-ти, 2-мя. */
const CARDINAL_ENDINGS: Readonly<Record<string, Case>> = {
  ти: "genitive",
  и: "genitive",
  мя: "instrumental",
};

/** Numbers with a grown-on ending (`5-го`, `90-е`, `5-ти`) and compounds (`5-минутный`). */
export const ORDINALS_WITH_ENDING: readonly Rewrite[] = [
  {
    pattern: /(?<![\p{L}\d.,])(\d{1,12})[-‑](\p{Script=Cyrillic}{1,3})(?!\p{L})/gu,
    say: ([, digits, ending], { after }) =>
      ordinalWithEnding(BigInt(digits ?? 0), (ending ?? "").toLowerCase(), after),
  },
  {
    pattern: /(?<![\p{L}\d.,])(\d{1,3})[-‑](\p{Script=Cyrillic}{4,})/gu,
    say: ([, digits, word]) => compoundForm(BigInt(digits ?? 0)) + (word ?? ""),
  },
];

function ordinalWithEnding(value: bigint, ending: string, after: string): string | undefined {
  const next = /^\s+(\p{L}+)/u.exec(after)?.[1]?.toLowerCase() ?? "";
  if (ending === "х" && value >= 2n && value <= 4n) return cardinal(value, "masculine", "genitive");
  const asCardinal = CARDINAL_ENDINGS[ending];
  if (asCardinal) return cardinal(value, "masculine", asCardinal);
  const meaning = ENDINGS[ending];
  if (meaning === undefined) return undefined;
  let [form, wanted] = meaning;
  // "на 2-й лампе": the same letters end a feminine in every case but two.
  if (/^о?й$/.test(ending) && /[еиы]$/.test(next)) [form, wanted] = ["feminine", "genitive"];
  if (ending === "м" && /[ое]м$/.test(next)) wanted = "instrumental";
  if (ending === "е" && value >= 10n && value % 10n === 0n && !/[оея]$/.test(next)) form = "plural";
  return ordinal(value, form, wanted);
}
