import { moneyTable, type NumberForm, type NumberGrammar, thousands, unitTable } from "./grammar.js";

const SMALL =
  "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split(
    " ",
  );
const TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(" ");
const SCALES: readonly (readonly [one: string, many: string])[] = [
  ["", ""],
  ["tausend", "tausend"],
  ["eine Million", "Millionen"],
  ["eine Milliarde", "Milliarden"],
  ["eine Billion", "Billionen"],
];
const MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember";

function below1000(value: number): string {
  const hundreds = Math.floor(value / 100);
  const rest = value % 100;
  const lead = hundreds ? `${SMALL[hundreds]}hundert` : "";
  if (rest === 0) return lead;
  if (rest < 20) return lead + SMALL[rest];
  const ones = rest % 10;
  return `${lead}${ones ? `${SMALL[ones]}und` : ""}${TENS[Math.floor(rest / 10) - 2]}`;
}

function cardinal(value: bigint, form: NumberForm): string {
  if (value === 0n) return "null";
  const parts: string[] = [];
  let word = "";
  for (const { group, power } of thousands(value)) {
    const [one, many] = SCALES[power] ?? ["", ""];
    if (power > 1) parts.push(group === 1 ? one : `${below1000(group)} ${many}`);
    else word += below1000(group) + many;
  }
  if (word !== "") parts.push(word);
  const said = parts.join(" ");
  if (value % 100n !== 1n) return said;
  return form === "alone" ? `${said}s` : form === "feminine" && value === 1n ? `${said}e` : said;
}

function ordinal(value: bigint): string {
  const special: Readonly<Record<string, string>> = {
    "1": "erste",
    "3": "dritte",
    "7": "siebte",
    "8": "achte",
  };
  const known = special[value.toString()];
  if (known) return known;
  const word = cardinal(value, "masculine");
  return value % 100n < 20n && value % 100n > 0n ? `${word}te` : `${word}ste`;
}

/** German. Days of the month take the ending after "am" and articles, else the bare one of a headline. */
export const GERMAN: NumberGrammar = {
  cardinal,
  ordinals: [
    {
      pattern: new RegExp(`(?<![\\p{L}\\d.,])(\\d{1,2})\\.(?=\\s+(?:${MONTHS}))`, "gu"),
      say: (value, { index, input }) =>
        `${ordinal(value)}${/\b(?:am|vom|zum|dem|den|der|seit|ab|bis)\s+(?:\p{L}+,\s+(?:den|dem)\s+)?$/iu.test(input.slice(0, index)) ? "n" : "r"}`,
    },
  ],
  decimalMark: ",",
  point: "Komma",
  dot: "Punkt",
  feminineNoun: /(?:e|ung|heit|keit)$/u,
  minus: "minus",
  plus: "plus",
  times: "mal",
  equals: "gleich",
  and: "und",
  number: "Nummer",
  clock: (hours, minutes, say) =>
    `${say(hours, "masculine")} Uhr${minutes === 0n ? "" : ` ${say(minutes, "alone")}`}`,
  range: (from, to) => `${from} bis ${to}`,
  units: unitTable(`
    °C ℃ = Grad Celsius
    °F ℉ = Grad Fahrenheit
    ° º = Grad
    % = Prozent
    km/h = Kilometer pro Stunde
    m/s = Meter pro Sekunde
    km = Kilometer
    m = Meter
    cm = Zentimeter
    mm = Millimeter
    m² = Quadratmeter
    m³ = Kubikmeter
    kg = Kilogramm
    g = Gramm
    µg/m³ μg/m³ = Mikrogramm pro Kubikmeter
    L l = Liter
    ml = Milliliter
    h Std = Stunde, Stunden, f
    min Min = Minute, Minuten, f
    s Sek = Sekunde, Sekunden, f
    ms = Millisekunde, Millisekunden, f
    W = Watt
    kW = Kilowatt
    Wh = Wattstunde, Wattstunden, f
    kWh = Kilowattstunde, Kilowattstunden, f
    V = Volt
    A = Ampere
    mA = Milliampere
    Hz = Hertz
    kHz = Kilohertz
    MHz = Megahertz
    GHz = Gigahertz
    kB KB = Kilobyte
    MB = Megabyte
    GB = Gigabyte
    TB = Terabyte
    Mbit/s = Megabit pro Sekunde
    hPa = Hektopascal
    mbar = Millibar
    lx = Lux
    lm = Lumen
    dB = Dezibel
    K = Kelvin
    ppm = Teil pro Million, Teile pro Million
  `),
  money: moneyTable(`
    € EUR = Euro, Euro / Cent, Cent
    $ USD = Dollar, Dollar / Cent, Cent
    £ GBP = Pfund, Pfund / Penny, Pence
    CHF = Franken, Franken / Rappen, Rappen
  `),
};
