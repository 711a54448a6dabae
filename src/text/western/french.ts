import { moneyTable, type NumberForm, type NumberGrammar, thousands, unitTable } from "./grammar.js";

const SMALL =
  "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf".split(
    " ",
  );
const TENS = "vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt".split(" ");
const SCALES = ["", "mille", "million", "milliard", "billion"];

function below100(value: number): string {
  if (value < 20) return SMALL[value] ?? "";
  const ten = Math.floor(value / 10);
  const name = TENS[ten - 2] ?? "";
  // 70 and 90 count on from 60 and 80 with the teens.
  const ones = ten === 7 || ten === 9 ? (value % 10) + 10 : value % 10;
  if (ones === 0) return ten === 8 ? "quatre-vingts" : name;
  if ((ones === 1 || ones === 11) && ten < 8) return `${name} et ${SMALL[ones]}`;
  return `${name}-${SMALL[ones]}`;
}

function below1000(value: number, final: boolean): string {
  const hundreds = Math.floor(value / 100);
  const rest = value % 100;
  const tail = final ? below100(rest) : below100(rest).replace(/vingts$/, "vingt");
  if (hundreds === 0) return tail;
  const plural = hundreds > 1 && rest === 0 && final ? "s" : "";
  return `${hundreds > 1 ? `${SMALL[hundreds]} ` : ""}cent${plural}${rest ? ` ${tail}` : ""}`;
}

function cardinal(value: bigint, form: NumberForm): string {
  if (value === 0n) return "zéro";
  const said = thousands(value)
    .map(({ group, power }) => {
      if (power === 0) return below1000(group, true);
      if (power === 1) return group === 1 ? "mille" : `${below1000(group, false)} mille`;
      return `${below1000(group, true)} ${SCALES[power]}${group > 1 ? "s" : ""}`;
    })
    .join(" ");
  return form === "feminine" && /(?:^|\s|-)un$/.test(said) ? `${said}e` : said;
}

function ordinal(value: bigint): string {
  const word = cardinal(value, "alone");
  if (word === "un") return "premier";
  return `${word
    .replace(/cinq$/, "cinqu")
    .replace(/neuf$/, "neuv")
    .replace(/vingts$/, "vingt")
    .replace(/e$/, "")}ième`;
}

/** French of France: soixante-dix, quatre-vingts. */
export const FRENCH: NumberGrammar = {
  cardinal,
  ordinals: [
    { pattern: /(?<![\p{L}\d.,])(1)re(?!\p{L})/gu, say: () => "première" },
    { pattern: /(?<![\p{L}\d.,])(\d{1,9})(?:er|e|ème)(?!\p{L})/gu, say: ordinal },
  ],
  decimalMark: ",",
  point: "virgule",
  dot: "point",
  feminineNoun: /(?:tion|té|ette|ée|ure|ance|ence|oire|pe|che|aine|ine|elle)s?$/u,
  minus: "moins",
  plus: "plus",
  times: "fois",
  equals: "égale",
  and: "et",
  number: "numéro",
  clock: (hours, minutes, say) =>
    `${say(hours, "feminine")} heure${hours > 1n ? "s" : ""}${minutes === 0n ? "" : ` ${say(minutes, "alone")}`}`,
  range: (from, to) => `${from} à ${to}`,
  units: unitTable(`
    °C ℃ = degré Celsius, degrés Celsius
    °F ℉ = degré Fahrenheit, degrés Fahrenheit
    ° º = degré, degrés
    % = pour cent, pour cent
    km/h = kilomètre par heure, kilomètres par heure
    m/s = mètre par seconde, mètres par seconde
    km = kilomètre, kilomètres
    m = mètre, mètres
    cm = centimètre, centimètres
    mm = millimètre, millimètres
    m² = mètre carré, mètres carrés
    m³ = mètre cube, mètres cubes
    kg = kilogramme, kilogrammes
    g = gramme, grammes
    µg/m³ μg/m³ = microgramme par mètre cube, microgrammes par mètre cube
    L l = litre, litres
    ml = millilitre, millilitres
    h = heure, heures, f
    min = minute, minutes, f
    s = seconde, secondes, f
    ms = milliseconde, millisecondes, f
    W = watt, watts
    kW = kilowatt, kilowatts
    Wh = wattheure, wattheures
    kWh = kilowattheure, kilowattheures
    V = volt, volts
    A = ampère, ampères
    mA = milliampère, milliampères
    Hz = hertz, hertz
    kHz = kilohertz, kilohertz
    MHz = mégahertz, mégahertz
    GHz = gigahertz, gigahertz
    ko kB = kilooctet, kilooctets
    Mo MB = mégaoctet, mégaoctets
    Go GB = gigaoctet, gigaoctets
    To TB = téraoctet, téraoctets
    hPa = hectopascal, hectopascals
    mbar = millibar, millibars
    lx = lux, lux
    lm = lumen, lumens
    dB = décibel, décibels
    K = kelvin, kelvins
    ppm = partie par million, parties par million, f
  `),
  money: moneyTable(`
    € EUR = euro, euros / centime, centimes
    $ USD = dollar, dollars / cent, cents
    £ GBP = livre, livres, f / penny, pence
    CHF = franc suisse, francs suisses / centime, centimes
  `),
};
