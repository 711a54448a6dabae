import { type Case, countForm, endings, type Forms, forms, type Gender, inCase } from "./grammar.js";
import { type Noun, noun } from "./noun.js";

/** Largest number spoken as one; longer ones are read digit by digit. */
export const LARGEST_CARDINAL = 10n ** 15n - 1n;

const ONE: Readonly<Record<Gender, Forms>> = {
  masculine: forms("один одного одному один одним одном"),
  feminine: forms("одна одной одной одну одной одной"),
  neuter: forms("одно одного одному одно одним одном"),
};
const TWO = forms("два двух двум два двумя двух");
const TWO_FEMININE = forms("две двух двум две двумя двух");
const soft = (stem: string): Forms => endings(stem, "ь и и ь ью и");
const tens = (first: string, genitive: string, instrumental: string): Forms =>
  forms(
    `${first}десят ${genitive}десяти ${genitive}десяти ${first}десят ${instrumental}десятью ${genitive}десяти`,
  );
const hundreds = (first: string, genitive: string, instrumental: string): Forms =>
  forms(`${first}сот ${genitive}сот ${genitive}стам ${first}сот ${instrumental}стами ${genitive}стах`);

const ZERO = forms("ноль ноля нолю ноль нолём ноле");
const SMALL: readonly Forms[] = [
  ZERO,
  ONE.masculine,
  TWO,
  forms("три трёх трём три тремя трёх"),
  forms("четыре четырёх четырём четыре четырьмя четырёх"),
  soft("пят"),
  soft("шест"),
  soft("сем"),
  forms("восемь восьми восьми восемь восемью восьми"),
  soft("девят"),
  soft("десят"),
  ...["один", "две", "три", "четыр", "пят", "шест", "сем", "восем", "девят"].map((stem) =>
    soft(`${stem}надцат`),
  ),
];

const TENS: readonly Forms[] = [
  soft("двадцат"),
  soft("тридцат"),
  forms("сорок сорока сорока сорок сорока сорока"),
  tens("пять", "пяти", "пятью"),
  tens("шесть", "шести", "шестью"),
  tens("семь", "семи", "семью"),
  tens("восемь", "восьми", "восемью"),
  forms("девяносто девяноста девяноста девяносто девяноста девяноста"),
];

const HUNDREDS: readonly Forms[] = [
  forms("сто ста ста сто ста ста"),
  forms("двести двухсот двумстам двести двумястами двухстах"),
  forms("триста трёхсот трёмстам триста тремястами трёхстах"),
  forms("четыреста четырёхсот четырёмстам четыреста четырьмястами четырёхстах"),
  hundreds("пять", "пяти", "пятью"),
  hundreds("шесть", "шести", "шестью"),
  hundreds("семь", "семи", "семью"),
  hundreds("восемь", "восьми", "восемью"),
  hundreds("девять", "девяти", "девятью"),
];

/** Names of 10^3, 10^6, … */
const SCALES: readonly Noun[] = [
  noun("feminine", "тысяч", "а и е у ей е", "и - ам и ами ах"),
  noun("masculine", "миллион", "- а у - ом е", "ы ов ам ы ами ах"),
  noun("masculine", "миллиард", "- а у - ом е", "ы ов ам ы ами ах"),
  noun("masculine", "триллион", "- а у - ом е", "ы ов ам ы ами ах"),
];

/**
 * A whole number in words: `двадцать одна` of 21 in the feminine. The gender shows only in 1 and 2, the case in all.
 * @param value from 0 to `LARGEST_CARDINAL`; the sign is the caller's.
 */
export function cardinal(value: bigint, gender: Gender = "masculine", wanted: Case = "nominative"): string {
  if (value === 0n) return inCase(ZERO, wanted);
  const words: string[] = [];
  for (let scale = SCALES.length; scale > 0; scale -= 1) {
    const group = (value / 1000n ** BigInt(scale)) % 1000n;
    const name = SCALES[scale - 1];
    if (group === 0n || name === undefined) continue;
    // "тысяча девятьсот", not "одна тысяча девятьсот": the way years and prices are said.
    if (group !== 1n || scale > 1 || words.length > 0)
      words.push(hundredsInWords(group, name.gender, wanted));
    words.push(counted(name, group, wanted));
  }
  if (value % 1000n !== 0n) words.push(hundredsInWords(value % 1000n, gender, wanted));
  return words.join(" ");
}

/** Digits one after the other, for telephone numbers, codes and the long tails of decimals. */
export function digitByDigit(digits: string): string {
  return [...digits].map((digit) => cardinal(BigInt(digit))).join(" ");
}

/** The form of a noun that goes with a number in a case: `градуса` with 2, `градусам` with 2 in the dative. */
export function counted(what: Noun, value: bigint, wanted: Case = "nominative"): string {
  const form = countForm(value);
  if (form === "one") return inCase(what.singular, wanted);
  if (wanted !== "nominative" && wanted !== "accusative") return inCase(what.plural, wanted);
  return form === "few" ? what.few : inCase(what.plural, "genitive");
}

function hundredsInWords(group: bigint, gender: Gender, wanted: Case): string {
  const rest = Number(group % 100n);
  const words: string[] = [];
  const hundred = HUNDREDS[Number(group / 100n) - 1];
  if (hundred) words.push(inCase(hundred, wanted));
  const ten = rest >= 20 ? TENS[Math.floor(rest / 10) - 2] : undefined;
  if (ten) words.push(inCase(ten, wanted));
  const small = ten ? rest % 10 : rest;
  if (small > 0) words.push(inCase(smallForms(small, gender), wanted));
  return words.join(" ");
}

function smallForms(small: number, gender: Gender): Forms {
  if (small === 1) return ONE[gender];
  if (small === 2 && gender === "feminine") return TWO_FEMININE;
  return SMALL[small] ?? TWO;
}
