import { fixed, hard, type Noun, noun, soft, withAdjective } from "./noun.js";
import { cent, copeck, dollar, rouble } from "./nouns.js";

/** Money: the unit and its hundredth, by sign, abbreviation or code. */
export interface Currency {
  readonly unit: Noun;
  readonly hundredth: Noun;
}

const CURRENCIES: readonly (readonly [symbols: string, currency: Currency])[] = [
  ["₽ руб р RUB", { unit: rouble, hundredth: copeck }],
  ["$ USD долл", { unit: dollar, hundredth: cent }],
  ["€ EUR евро", { unit: fixed("masculine", "евро"), hundredth: cent }],
  ["£ GBP", { unit: hard("фунт"), hundredth: noun("masculine", "пенс", "- а у - ом е", "ы ов ам ы ами ах") }],
  [
    "₴ грн UAH",
    { unit: noun("feminine", "грив", "на ны не ну ной не", "ны ен нам ны нами нах"), hundredth: copeck },
  ],
  ["₸ KZT", { unit: fixed("masculine", "тенге"), hundredth: hard("тиын") }],
  ["BYN", { unit: withAdjective("белорусск", rouble), hundredth: copeck }],
  ["¥ CNY", { unit: soft("юан"), hundredth: hard("фэн") }],
];

/** Currencies by symbol. */
export const CURRENCY_BY_SYMBOL: ReadonlyMap<string, Currency> = new Map(
  CURRENCIES.flatMap(([symbols, currency]) =>
    symbols.split(" ").map((symbol): [string, Currency] => [symbol, currency]),
  ),
);
