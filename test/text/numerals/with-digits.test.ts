import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withDigits } from "../../../src/text/numerals/with-digits.js";

/** What is said, and what it becomes; one string: it stays as it is. */
type Case = readonly [said: string, written?: string];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  en: [
    ["set the brightness to fifty percent", "set the brightness to 50%"],
    ["set it to fifty per cent", "set it to 50%"],
    ["set it to 50 percent", "set it to 50%"],
    ["Twenty-five degrees, please.", "25 degrees, please."],
    ["twenty five", "25"],
    ["twenty, five", "20, 5"],
    ["zero", "0"],
    ["a hundred", "100"],
    ["one hundred and five", "105"],
    ["two hundred", "200"],
    ["nineteen hundred", "1900"],
    ["two thousand twenty six", "2026"],
    ["twelve thousand five hundred", "12500"],
    ["one million two hundred thousand and one", "1200001"],
    ["a thousand", "1000"],
    ["between one hundred and two hundred", "between 100 and 200"],
    ["between five and ten minutes", "between 5 and 10 minutes"],
    ["twenty one point five degrees", "21.5 degrees"],
    ["zero point two five", "0.25"],
    ["minus five degrees", "-5 degrees"],
    ["set a timer for one minute", "set a timer for 1 minute"],
    ["one percent", "1%"],
    ["set a timer for one hour and thirty minutes", "set a timer for 1 hour and 30 minutes"],
    ["set a twenty second timer", "set a 20 second timer"],
    ["wake me at seven thirty", "wake me at 7:30"],
    ["at seven oh five am", "at 7:05 am"],
    ["at half past seven", "at 7:30"],
    ["at a quarter past seven", "at 7:15"],
    ["at quarter to one", "at 12:45"],
    ["at ten past eleven", "at 11:10"],
    ["at one fifteen", "at 1:15"],
    ["disarm with one two three four", "disarm with 1234"],
    ["channels two three", "channels 2 3"],
    ["turn off this one"],
    ["the one in the kitchen"],
    ["one by one"],
    ["no one is home"],
    ["the twenty second of may"],
    ["twenty second of may"],
    ["the twenty first"],
    ["the fifth light"],
    ["one third", "one third"],
    ["two thirds"],
    ["a quarter of an hour"],
    ["half of the lights"],
    ["turn to the right"],
    ["what is the constructor of a million dreams", "what is the constructor of 1000000 dreams"],
    [""],
  ],
  de: [
    ["Helligkeit auf fünfzig Prozent", "Helligkeit auf 50%"],
    ["fünfundzwanzig Grad", "25 Grad"],
    ["einundzwanzig Komma fünf Grad", "21,5 Grad"],
    ["dreißig Minuten", "30 Minuten"],
    ["dreissig", "30"],
    ["hundert", "100"],
    ["einhundertzwanzig", "120"],
    ["hundertundeins", "101"],
    ["zweihundertfünf", "205"],
    ["zweitausendsechsundzwanzig", "2026"],
    ["zwölftausendfünfhundert", "12500"],
    ["eine Million", "1000000"],
    ["zwei Millionen dreihunderttausend", "2300000"],
    ["minus drei Grad", "-3 Grad"],
    ["um sieben Uhr dreißig", "um 7:30 Uhr"],
    ["um sieben Uhr", "um 7 Uhr"],
    ["um halb acht", "um 7:30"],
    ["um Viertel nach sieben", "um 7:15"],
    ["um viertel vor eins", "um 12:45"],
    ["ein Prozent", "1%"],
    ["Lampe eins", "Lampe 1"],
    ["Code eins zwei drei vier", "Code 1234"],
    ["schalte ein Licht ein"],
    ["eine Lampe"],
    ["am zwanzigsten Mai"],
    ["das erste Licht"],
    ["halb so hell"],
    ["achtung"],
    ["die Dreizehnte"],
  ],
  fr: [
    ["règle la lumière à cinquante pour cent", "règle la lumière à 50%"],
    ["vingt et un degrés", "21 degrés"],
    ["vingt-cinq degrés", "25 degrés"],
    ["soixante et onze", "71"],
    ["soixante-dix", "70"],
    ["quatre-vingts", "80"],
    ["quatre-vingt-dix-sept", "97"],
    ["quatre vingt trois", "83"],
    ["septante", "70"],
    ["dix sept", "17"],
    ["cent vingt", "120"],
    ["deux cents", "200"],
    ["deux mille vingt-six", "2026"],
    ["mille", "1000"],
    ["un million", "1000000"],
    ["vingt et un virgule cinq degrés", "21,5 degrés"],
    ["moins cinq degrés", "-5 degrés"],
    ["à sept heures trente", "à 7h30"],
    ["à sept heures et demie", "à 7h30"],
    ["à huit heures moins le quart", "à 7h45"],
    ["à sept heures", "à 7 heures"],
    ["deux heures trente minutes", "2 heures 30 minutes"],
    ["un degré", "1 degré"],
    ["allume une lampe"],
    ["l'un des deux", "l'un des 2"],
    ["le vingt et unième"],
    ["la deuxième"],
    ["la première"],
  ],
  es: [
    ["pon el brillo al cincuenta por ciento", "pon el brillo al 50%"],
    ["veinticinco grados", "25 grados"],
    ["treinta y cinco", "35"],
    ["treinta y la luz", "30 y la luz"],
    ["cien", "100"],
    ["ciento veinte", "120"],
    ["quinientos", "500"],
    ["doscientas tres", "203"],
    ["dos mil veintiséis", "2026"],
    ["un millón", "1000000"],
    ["veintiuno coma cinco grados", "21,5 grados"],
    ["menos cinco grados", "-5 grados"],
    ["a las siete y media", "a las 7:30"],
    ["a las siete y cuarto", "a las 7:15"],
    ["a la una menos cuarto", "a la 12:45"],
    ["a las siete y veinte", "a las 7:20"],
    ["a las siete treinta", "a las 7:30"],
    ["un grado", "1 grado"],
    ["enciende una luz"],
    ["uno de ellos"],
    ["la segunda luz"],
    ["dos tercios"],
  ],
  ru: [
    ["яркость пятьдесят процентов", "яркость 50%"],
    ["до двадцати пяти градусов", "до 25 градусов"],
    ["двадцать один градус", "21 градус"],
    ["двадцать одну минуту", "21 минуту"],
    ["сто двадцать три", "123"],
    ["двести", "200"],
    ["две тысячи двадцать шесть", "2026"],
    ["тысяча", "1000"],
    ["двенадцать тысяч пятьсот", "12500"],
    ["ноль", "0"],
    ["минус пять градусов", "-5 градусов"],
    ["двадцать один запятая пять", "21,5"],
    ["на семь тридцать", "на 7:30"],
    ["в половине восьмого", "в 7:30"],
    ["в полвосьмого", "в 7:30"],
    ["без четверти восемь", "7:45"],
    ["один процент", "1%"],
    ["поставь таймер на одну минуту", "поставь таймер на 1 минуту"],
    ["код один два три четыре", "код 1234"],
    ["Четырёх", "4"],
    ["один из них"],
    ["включи одну лампу"],
    ["двадцать пятого мая"],
    ["второй свет"],
    ["третьего числа"],
    ["пятый этаж"],
    ["сорок первый"],
  ],
};

for (const [language, cases] of Object.entries(CASES)) {
  describe(`withDigits in ${language}`, () => {
    it.each(cases.map(([said, written = said]) => [said, written]))("makes of %j %j", (said, written) => {
      expect(withDigits(said, language)).toBe(written);
    });

    it("changes nothing a second time", () => {
      for (const [said, written = said] of cases) {
        if (!/\d/.test(written)) continue;
        expect(withDigits(written, language)).toBe(written);
      }
    });
  });
}

describe("withDigits", () => {
  it("takes codes with a region, and leaves other languages alone", () => {
    expect(withDigits("twenty five", "en_GB")).toBe("25");
    expect(withDigits("venticinque", "it")).toBe("venticinque");
    expect(withDigits("twenty five", "")).toBe("twenty five");
  });

  it("keeps all that is not a number, spaces and marks included", () => {
    const text = "  Well…  (twenty five)\nand «seven», e-mail me@example.com  ";
    expect(withDigits(text, "en")).toBe("  Well…  (25)\nand «7», e-mail me@example.com  ");
  });

  it("never fails, and never loses a word that is no number", () => {
    const words = Object.values(CASES).flatMap((cases) => cases.flatMap(([said]) => said.split(" ")));
    const anything = fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 12 });
    fc.assert(
      fc.property(anything, fc.constantFrom(...Object.keys(CASES)), (parts, language) => {
        const text = `kitchen ${parts.join(" ")} kitchen`;
        const written = withDigits(text, language);
        expect(written.startsWith("kitchen")).toBe(true);
        expect(written.endsWith("kitchen")).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
