import { counted, type Found, isJoined, type NumberGrammar, says, valueIn } from "./grammar.js";
import type { Word } from "./words.js";

// Each value in all its cases, as people say "до двадцати пяти" as often as "двадцать пять".
const UNITS = counted(
  0,
  1,
  "ноль/нуль/ноля/нуля/нулю/нулем " +
    "один/одна/одно/одну/одного/одной/одному/одним/одном " +
    "два/две/двух/двум/двумя три/трех/трем/тремя четыре/четырех/четырем/четырьмя " +
    "пять/пяти/пятью шесть/шести/шестью семь/семи/семью восемь/восьми/восемью/восьмью девять/девяти/девятью",
);
const TEENS = counted(
  10,
  1,
  "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
    .split(" ")
    .map((word) => [word, `${word.slice(0, -1)}и`, `${word}ю`].join("/"))
    .join(" "),
);
const TENS: Readonly<Record<string, number>> = {
  ...counted(20, 10, "двадцать/двадцати/двадцатью тридцать/тридцати/тридцатью сорок/сорока"),
  ...counted(
    50,
    10,
    "пятьдесят/пятидесяти/пятьюдесятью шестьдесят/шестидесяти/шестьюдесятью семьдесят/семидесяти/семьюдесятью " +
      "восемьдесят/восьмидесяти/восемьюдесятью девяносто/девяноста",
  ),
};
const HUNDREDS = counted(
  100,
  100,
  "сто/ста двести/двухсот/двумстам/двумястами триста/трехсот/тремстам/тремястами четыреста/четырехсот/четыремстам " +
    "пятьсот/пятисот/пятистам шестьсот/шестисот/шестистам семьсот/семисот/семистам восемьсот/восьмисот/восьмистам " +
    "девятьсот/девятисот/девятистам",
);
const THOUSANDS = "тысяча тысячу тысячи тысяч тысяче тысячам тысячей тысячью тысячами".split(" ");
const MILLIONS = "миллион миллиона миллионов миллиону миллионом миллионам миллионами".split(" ");

/** Hours as they are said behind "half of": the hour that is under way. */
const HOUR_UNDER_WAY = counted(
  1,
  1,
  "первого второго третьего четвертого пятого шестого седьмого восьмого девятого десятого одиннадцатого двенадцатого",
);

function lead(words: readonly Word[], at: number): Found | undefined {
  const tens = valueIn(TENS, words[at]);
  const unit = valueIn(UNITS, words[tens === undefined ? at : at + 1]);
  if (tens !== undefined) {
    return unit && isJoined(words, at + 1)
      ? { value: tens + unit, next: at + 2 }
      : { value: tens, next: at + 1 };
  }
  const value = valueIn(TEENS, words[at]) ?? unit;
  return value === undefined ? undefined : { value, next: at + 1 };
}

const before = (hour: number): number => (hour === 1 ? 12 : hour - 1);
const time = (hour: number, minute: number): string => `${hour}:${String(minute).padStart(2, "0")}`;

function clock(words: readonly Word[], at: number): Found<string> | undefined {
  const text = words[at]?.text ?? "";
  const isHalf = /^половин[ауеы]$/.test(text) && isJoined(words, at + 1);
  const halfOf = isHalf ? valueIn(HOUR_UNDER_WAY, words[at + 1]) : undefined;
  if (halfOf) return { value: time(before(halfOf), 30), next: at + 2 };
  const short = /^пол(.+)$/.exec(text)?.[1];
  if (short !== undefined && Object.hasOwn(HOUR_UNDER_WAY, short)) {
    return { value: time(before(HOUR_UNDER_WAY[short] ?? 1), 30), next: at + 1 };
  }
  if (says(words, at, "без", "четверти")) {
    const hour = isJoined(words, at + 2) ? lead(words, at + 2) : undefined;
    return hour && hour.value >= 1 && hour.value <= 12
      ? { value: time(before(hour.value), 45), next: hour.next }
      : undefined;
  }
  return undefined;
}

/** Adjectives made of numbers, in all their endings; "третий" has some of its own. */
const ORDINAL = new RegExp(
  "^(?:перв|втор|четверт|пят|шест|седьм|восьм|девят|десят|\\p{L}+надцат|двадцат|тридцат|сороков|\\p{L}+десят|" +
    "девяност|сот|\\p{L}+сот|тысячн)(?:ый|ой|ая|ую|ое|ые|ого|ому|ым|ом|ых|ыми)$|^трет(?:ий|ь\\p{L}+)$",
  "u",
);

/** Numbers as Russian says them. */
export const RUSSIAN: NumberGrammar = {
  lead,
  hundred: new Set(),
  hundreds: HUNDREDS,
  scales: {
    ...Object.fromEntries(THOUSANDS.map((word) => [word, 1_000])),
    ...Object.fromEntries(MILLIONS.map((word) => [word, 1_000_000])),
  },
  and: new Set(),
  article: new Set(),
  ones: new Set("один одна одно одну одного одной одному одним одном".split(" ")),
  unit: /^(?:градус|секунд|минут|час|д(?:ень|ня)|процент|рубл|евро|ватт|вольт)\p{L}*$/u,
  percent: ["процент", "процента", "процентов", "проценту", "процентам", "процентом", "процентах"].map(
    (word) => [word],
  ),
  point: new Set(["запятая", "точка"]),
  decimalMark: ",",
  minus: new Set(["минус"]),
  isOrdinal: (words, at) => ORDINAL.test(words[at]?.text ?? ""),
  clock,
  bareClock: true,
};
