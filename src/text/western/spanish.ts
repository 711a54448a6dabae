import { moneyTable, type NumberForm, type NumberGrammar, thousands, unitTable } from "./grammar.js";

const SMALL =
  "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve".split(
    " ",
  );
const TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split(" ");
const HUNDREDS =
  "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos".split(
    " ",
  );

function below1000(value: number, form: NumberForm): string {
  if (value === 100) return "cien";
  const hundred = HUNDREDS[Math.floor(value / 100) - 1];
  const rest = value % 100;
  const words: string[] = [];
  if (hundred) words.push(form === "feminine" ? hundred.replace(/tos$/, "tas") : hundred);
  if (rest > 0) {
    const ones = rest % 10;
    const said =
      rest < 30 ? SMALL[rest] : `${TENS[Math.floor(rest / 10) - 3]}${ones ? ` y ${SMALL[ones]}` : ""}`;
    words.push(beforeNoun(said ?? "", form));
  }
  return words.join(" ");
}

/** uno loses its ending in front of a masculine noun and takes -a in front of a feminine one. */
function beforeNoun(said: string, form: NumberForm): string {
  if (form === "alone" || !said.endsWith("uno")) return said;
  if (form === "feminine") return said.replace(/uno$/, "una");
  return said === "veintiuno" ? "veintiún" : said.replace(/uno$/, "un");
}

function cardinal(value: bigint, form: NumberForm): string {
  if (value === 0n) return "cero";
  const words: string[] = [];
  // Spanish counts in millions: mil millones, billón.
  for (const [size, one, many] of [
    [10n ** 12n, "un billón", "billones"],
    [10n ** 6n, "un millón", "millones"],
  ] as const) {
    const group = (value / size) % 10n ** 6n;
    if (group > 0n) words.push(group === 1n ? one : `${belowMillion(group, "masculine")} ${many}`);
  }
  if (value % 10n ** 6n > 0n) words.push(belowMillion(value % 10n ** 6n, form));
  return words.join(" ");
}

function belowMillion(value: bigint, form: NumberForm): string {
  return thousands(value)
    .map(({ group, power }) => {
      if (power === 0) return below1000(group, form);
      return group === 1 ? "mil" : `${below1000(group, form === "feminine" ? "feminine" : "masculine")} mil`;
    })
    .join(" ");
}

const ORDINALS = "primer segundo tercer cuarto quinto sexto séptimo octavo noveno décimo".split(" ");

/** Spanish. */
export const SPANISH: NumberGrammar = {
  cardinal,
  ordinals: [
    {
      pattern: /(?<![\p{L}\d.,])(\d{1,9})\.?(º|ª|er|o|a)(?!\p{L})/gu,
      say: (value, [, , mark]) => {
        const word = ORDINALS[Number(value) - 1];
        if (word === undefined) return cardinal(value, "alone");
        if (mark === "ª" || mark === "a")
          return word.replace(/(?:er|o)$/, (end) => (end === "er" ? "era" : "a"));
        return mark === "er" ? word : word.replace(/er$/, "ero");
      },
    },
  ],
  decimalMark: ",",
  point: "coma",
  dot: "punto",
  feminineNoun: /(?:[aá]|as|ción|dad)$/u,
  minus: "menos",
  plus: "más",
  times: "por",
  equals: "igual a",
  and: "y",
  number: "número",
  clock: (hours, minutes, say) => {
    if (minutes === 0n) return `${say(hours, "feminine")} en punto`;
    return `${say(hours, "feminine")} y ${say(minutes, "alone")}`;
  },
  range: (from, to) => `${from} a ${to}`,
  units: unitTable(`
    °C ℃ = grado Celsius, grados Celsius
    °F ℉ = grado Fahrenheit, grados Fahrenheit
    ° º = grado, grados
    % = por ciento, por ciento
    km/h = kilómetro por hora, kilómetros por hora
    m/s = metro por segundo, metros por segundo
    km = kilómetro, kilómetros
    m = metro, metros
    cm = centímetro, centímetros
    mm = milímetro, milímetros
    m² = metro cuadrado, metros cuadrados
    m³ = metro cúbico, metros cúbicos
    kg = kilogramo, kilogramos
    g = gramo, gramos
    µg/m³ μg/m³ = microgramo por metro cúbico, microgramos por metro cúbico
    L l = litro, litros
    ml = mililitro, mililitros
    h = hora, horas, f
    min = minuto, minutos
    s = segundo, segundos
    ms = milisegundo, milisegundos
    W = vatio, vatios
    kW = kilovatio, kilovatios
    Wh = vatio hora, vatios hora
    kWh = kilovatio hora, kilovatios hora
    V = voltio, voltios
    A = amperio, amperios
    mA = miliamperio, miliamperios
    Hz = hercio, hercios
    kHz = kilohercio, kilohercios
    MHz = megahercio, megahercios
    GHz = gigahercio, gigahercios
    kB KB = kilobyte, kilobytes
    MB = megabyte, megabytes
    GB = gigabyte, gigabytes
    TB = terabyte, terabytes
    hPa = hectopascal, hectopascales
    mbar = milibar, milibares
    lx = lux, lux
    lm = lumen, lúmenes
    dB = decibelio, decibelios
    K = kelvin, kelvin
    ppm = parte por millón, partes por millón, f
  `),
  money: moneyTable(`
    € EUR = euro, euros / céntimo, céntimos
    $ USD = dólar, dólares / centavo, centavos
    £ GBP = libra, libras, f / penique, peniques
  `),
};
