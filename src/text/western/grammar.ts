/** What a number stands in front of: nothing, or a noun of a gender. */
export type NumberForm = "alone" | "masculine" | "feminine";

/** A unit's names and gender. */
export interface Unit {
  readonly one: string;
  readonly many: string;
  readonly form: NumberForm;
}

/** Money: the unit and its hundredth. */
export interface Money {
  readonly unit: Unit;
  readonly hundredth: Unit;
}

/** How a language of the Latin script says numbers. */
export interface NumberGrammar {
  /** @param value from 0 to 10^15 - 1 */
  cardinal(value: bigint, form: NumberForm): string;
  /** An ordinal as written with its own mark: `3rd`, `1er`, `5.` before a month. */
  readonly ordinals: readonly {
    readonly pattern: RegExp;
    say(value: bigint, match: RegExpExecArray): string;
  }[];
  /** The mark between whole and fraction; the other one groups thousands. */
  readonly decimalMark: "." | ",";
  readonly point: string;
  /** The point of versions and addresses. */
  readonly dot: string;
  /** Endings of nouns that are nearly always feminine; absent where gender does not show. */
  readonly feminineNoun?: RegExp;
  readonly minus: string;
  readonly plus: string;
  readonly times: string;
  readonly equals: string;
  readonly and: string;
  readonly number: string;
  clock(hours: bigint, minutes: bigint, say: (value: bigint, form: NumberForm) => string): string;
  range(from: string, to: string): string;
  readonly units: ReadonlyMap<string, Unit>;
  readonly money: ReadonlyMap<string, Money>;
}

/** Units from lines of `symbols = one, many, gender`; the gender may be left out. */
export function unitTable(lines: string): ReadonlyMap<string, Unit> {
  return new Map(
    lines
      .trim()
      .split("\n")
      .flatMap((line) => {
        const [symbols = "", names = ""] = line.split(" = ");
        return symbols
          .trim()
          .split(" ")
          .map((symbol): [string, Unit] => [symbol, unit(names)]);
      }),
  );
}

/** Currencies from lines of `symbols = one, many, gender / one, many, gender`. */
export function moneyTable(lines: string): ReadonlyMap<string, Money> {
  return new Map(
    lines
      .trim()
      .split("\n")
      .flatMap((line) => {
        const [symbols = "", names = ""] = line.split(" = ");
        const [main = "", small = ""] = names.split(" / ");
        return symbols
          .trim()
          .split(" ")
          .map((symbol): [string, Money] => [symbol, { unit: unit(main), hundredth: unit(small) }]);
      }),
  );
}

/** Digits in groups of three, highest first, each with the power of a thousand it stands for. */
export function thousands(value: bigint): readonly { readonly group: number; readonly power: number }[] {
  const groups: { group: number; power: number }[] = [];
  for (let power = 4; power >= 0; power -= 1) {
    const group = Number((value / 1000n ** BigInt(power)) % 1000n);
    if (group > 0) groups.push({ group, power });
  }
  return groups;
}

function unit(names: string): Unit {
  const [one = "", many = one, form = "m"] = names.split(",").map((part) => part.trim());
  return { one, many, form: form === "f" ? "feminine" : "masculine" };
}
