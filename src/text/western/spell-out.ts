import { anyOf, applyRewrites, type Rewrite } from "../rewrite.js";
import type { Money, NumberForm, NumberGrammar, Unit } from "./grammar.js";

const LARGEST = 10n ** 15n - 1n;
const END = "(?![\\p{L}\\d])";

/** A speller for one language of the Latin script. */
export function spellerOf(grammar: NumberGrammar): (text: string) => string {
  const rewrites = rewritesOf(grammar);
  return (text) => applyRewrites(text, rewrites).trim();
}

interface Parsed {
  readonly sign: string;
  readonly whole: string;
  readonly fraction: string | undefined;
}

function rewritesOf(grammar: NumberGrammar): readonly Rewrite[] {
  const mark = grammar.decimalMark === "." ? "\\." : ",";
  const grouping = grammar.decimalMark === "." ? ",'’\\u00a0\\u202f" : ". '’\\u00a0\\u202f";
  const number = `(?:(?<![\\p{L}\\d)°%])[-−+])?(?<![\\p{L}\\d]|\\d[.,])\\d+(?:${mark}\\d+)?(?![.,]?\\d)`;
  const unit = `(${anyOf(grammar.units.keys())})${END}`;
  const currency = anyOf(grammar.money.keys());
  const say = sayNumber(grammar);
  const quantity = (written: string | undefined, what: Unit | undefined) => {
    const value = parse(written, grammar);
    return value && what ? `${say(value, what.form)} ${isOne(value) ? what.one : what.many}` : undefined;
  };
  return [
    {
      pattern: new RegExp(
        `(?<![\\d.,])\\d{1,3}(?:[${grouping}]\\d{3})+(?![\\d])(?!${mark === "," ? "\\." : ","}\\d)`,
        "gu",
      ),
      say: ([match]) => (match ?? "").replace(/\D/g, ""),
    },
    {
      pattern: /(?<![\d:.,])(\d{1,2}):(\d{2})(?!\d|:\d)(?:\s*(?:Uhr|h(?!\p{L})))?/gu,
      say: ([, hours, minutes]) => {
        const [h, m] = [BigInt(hours ?? 0), BigInt(minutes ?? 0)];
        return h > 24n || m > 59n
          ? undefined
          : grammar.clock(h, m, (value, form) => grammar.cardinal(value, form));
      },
    },
    ...grammar.ordinals.map(
      (rule): Rewrite => ({ pattern: rule.pattern, say: (match) => rule.say(BigInt(match[1] ?? 0), match) }),
    ),
    {
      pattern: /(?<![\d.])\d+(?:\.\d+){2,}(?!\.?\d)/gu,
      say: ([match]) =>
        (match ?? "")
          .split(".")
          .map((part) => say({ sign: "", whole: part, fraction: undefined }, "alone"))
          .join(` ${grammar.dot} `),
    },
    {
      pattern: new RegExp(
        `(?<!\\d[-–—])(${number})\\s?[-–—]\\s?(\\d+(?:${mark}\\d+)?)(?![-–—]?\\d)(?:\\s?${unit})?`,
        "gu",
      ),
      say: ([, from, to, symbol]) => {
        const [first, last] = [parse(from, grammar), parse(to, grammar)];
        if (!first || !last) return undefined;
        const what = symbol === undefined ? undefined : grammar.units.get(symbol);
        return grammar.range(
          say(first, what?.form ?? "alone"),
          what ? (quantity(to, what) ?? "") : say(last, "alone"),
        );
      },
    },
    {
      pattern: new RegExp(`([$€£₽])\\s?(${number})`, "gu"),
      say: ([, symbol, amount]) => money(parse(amount, grammar), grammar.money.get(symbol ?? ""), say),
    },
    {
      pattern: new RegExp(`(${number})\\s?(${currency})${END}`, "gu"),
      say: ([, amount, symbol]) => money(parse(amount, grammar), grammar.money.get(symbol ?? ""), say),
    },
    {
      pattern: new RegExp(`(${number})\\s?${unit}`, "gu"),
      say: ([, amount, symbol]) => quantity(amount, grammar.units.get(symbol ?? "")),
    },
    { pattern: /(?:№|#(?=\d))\s*/gu, say: () => `${grammar.number} ` },
    { pattern: /(?<=\d\s?)[+](?=\s?\d)/gu, say: () => ` ${grammar.plus} ` },
    { pattern: /(?<=\d\s?)[×x*](?=\s?\d)/gu, say: () => ` ${grammar.times} ` },
    { pattern: /(?<=\d\s?)=(?=\s?[-\d])/gu, say: () => ` ${grammar.equals} ` },
    { pattern: /(?<=\p{L}{2})(?=\d)|(?<=\d)(?=\p{L}{2})/gu, say: () => " " },
    {
      pattern: new RegExp(`(${number})`, "gu"),
      say: ([, written], { after }) => {
        const value = parse(written, grammar);
        return value && say(value, formBefore(after, grammar));
      },
    },
    {
      pattern: /\d+/gu,
      say: ([digits]) => ` ${say({ sign: "", whole: digits ?? "", fraction: undefined }, "alone")} `,
    },
    { pattern: /\s*&\s*/gu, say: () => ` ${grammar.and} ` },
    { pattern: /[ \t\u00a0]{2,}/gu, say: () => " " },
  ];
}

function parse(written: string | undefined, { decimalMark, minus, plus }: NumberGrammar): Parsed | undefined {
  const match = new RegExp(`^([-−+]?)(\\d+)(?:\\${decimalMark}(\\d+))?$`).exec(written ?? "");
  const whole = match?.[2];
  if (whole === undefined) return undefined;
  const sign = match?.[1] ?? "";
  return { sign: sign === "" ? "" : `${sign === "+" ? plus : minus} `, whole, fraction: match?.[3] };
}

const isOne = ({ whole, fraction }: Parsed): boolean => whole === "1" && fraction === undefined;

/** The gender of the noun after a number: known units are certain, endings a good guess. */
function formBefore(after: string, { units, feminineNoun }: NumberGrammar): NumberForm {
  const noun = /^\s+(\p{L}{2,})/u.exec(after)?.[1];
  if (noun === undefined) return "alone";
  const known = [...units.values()].find(({ one, many }) => one === noun || many === noun);
  if (known) return known.form;
  return feminineNoun?.test(noun) ? "feminine" : "masculine";
}

function sayNumber(grammar: NumberGrammar): (value: Parsed, form: NumberForm) => string {
  const digits = (text: string) =>
    [...text].map((digit) => grammar.cardinal(BigInt(digit), "alone")).join(" ");
  return ({ sign, whole, fraction }, form) => {
    const spelled = (whole.length > 1 && whole.startsWith("0")) || BigInt(whole) > LARGEST;
    const head = spelled
      ? digits(whole)
      : grammar.cardinal(BigInt(whole), fraction === undefined ? form : "alone");
    return `${sign}${head}${fraction === undefined ? "" : ` ${grammar.point} ${digits(fraction)}`}`;
  };
}

function money(
  value: Parsed | undefined,
  currency: Money | undefined,
  say: (value: Parsed, form: NumberForm) => string,
): string | undefined {
  if (!value || !currency) return undefined;
  const { unit, hundredth } = currency;
  const named = (amount: Parsed, what: Unit) =>
    `${say(amount, what.form)} ${isOne(amount) ? what.one : what.many}`;
  if (value.fraction?.length !== 2) return named(value, unit);
  const whole = named({ ...value, fraction: undefined }, unit);
  const cents = BigInt(value.fraction).toString();
  return cents === "0"
    ? whole
    : `${whole} ${named({ sign: "", whole: cents, fraction: undefined }, hundredth)}`;
}
