import { moneyTable, type NumberGrammar, thousands, unitTable } from "./grammar.js";

const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SCALES = ["", "thousand", "million", "billion", "trillion"];
const IRREGULAR: Readonly<Record<string, string>> = {
  one: "first",
  two: "second",
  three: "third",
  five: "fifth",
  eight: "eighth",
  nine: "ninth",
  twelve: "twelfth",
};

function below1000(value: number): string {
  const rest = value % 100;
  const ten = TENS[Math.floor(rest / 10) - 2];
  const ones = rest % 10;
  const tail = rest < 20 || !ten ? SMALL[rest] : `${ten}${ones ? ` ${SMALL[ones]}` : ""}`;
  if (value < 100) return tail ?? "";
  return `${SMALL[Math.floor(value / 100)]} hundred${rest ? ` ${tail}` : ""}`;
}

function cardinal(value: bigint): string {
  if (value === 0n) return "zero";
  return thousands(value)
    .map(({ group, power }) => `${below1000(group)} ${SCALES[power]}`.trim())
    .join(" ");
}

function ordinal(value: bigint): string {
  const words = cardinal(value).split(" ");
  const last = words.pop() ?? "";
  words.push(IRREGULAR[last] ?? (last.endsWith("y") ? `${last.slice(0, -1)}ieth` : `${last}th`));
  return words.join(" ");
}

/** English, American style: no "and" inside numbers. */
export const ENGLISH: NumberGrammar = {
  cardinal,
  ordinals: [{ pattern: /(?<![\p{L}\d.,])(\d{1,9})(?:st|nd|rd|th)(?!\p{L})/giu, say: ordinal }],
  decimalMark: ".",
  point: "point",
  dot: "point",
  minus: "minus",
  plus: "plus",
  times: "times",
  equals: "equals",
  and: "and",
  number: "number",
  clock: (hours, minutes, say) => {
    if (minutes === 0n)
      return hours >= 1n && hours <= 12n
        ? `${say(hours, "alone")} o'clock`
        : `${say(hours, "alone")} hundred hours`;
    return `${say(hours, "alone")} ${minutes < 10n ? "oh " : ""}${say(minutes, "alone")}`;
  },
  range: (from, to) => `${from} to ${to}`,
  units: unitTable(`
    °C ℃ = degree Celsius, degrees Celsius
    °F ℉ = degree Fahrenheit, degrees Fahrenheit
    ° º = degree, degrees
    % = percent, percent
    km/h = kilometer per hour, kilometers per hour
    m/s = meter per second, meters per second
    mph = mile per hour, miles per hour
    km = kilometer, kilometers
    m = meter, meters
    cm = centimeter, centimeters
    mm = millimeter, millimeters
    ft = foot, feet
    mi = mile, miles
    m² = square meter, square meters
    m³ = cubic meter, cubic meters
    kg = kilogram, kilograms
    g = gram, grams
    lb lbs = pound, pounds
    oz = ounce, ounces
    µg/m³ μg/m³ = microgram per cubic meter, micrograms per cubic meter
    L l = liter, liters
    ml mL = milliliter, milliliters
    h hr hrs = hour, hours
    min mins = minute, minutes
    s sec secs = second, seconds
    ms = millisecond, milliseconds
    W = watt, watts
    kW = kilowatt, kilowatts
    Wh = watt hour, watt hours
    kWh = kilowatt hour, kilowatt hours
    V = volt, volts
    A = amp, amps
    mA = milliamp, milliamps
    Hz = hertz, hertz
    kHz = kilohertz, kilohertz
    MHz = megahertz, megahertz
    GHz = gigahertz, gigahertz
    kB KB = kilobyte, kilobytes
    MB MiB = megabyte, megabytes
    GB GiB = gigabyte, gigabytes
    TB = terabyte, terabytes
    Mbit/s Mbps = megabit per second, megabits per second
    hPa = hectopascal, hectopascals
    mbar = millibar, millibars
    lx = lux, lux
    lm = lumen, lumens
    dB = decibel, decibels
    K = kelvin, kelvins
    ppm = part per million, parts per million
  `),
  money: moneyTable(`
    $ USD = dollar, dollars / cent, cents
    € EUR = euro, euros / cent, cents
    £ GBP = pound, pounds / penny, pence
    ₽ RUB = ruble, rubles / kopeck, kopecks
  `),
};
