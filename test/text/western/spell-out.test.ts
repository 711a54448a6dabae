import { describe, expect, it } from "vitest";
import { SPELLED_LANGUAGES, spellOut, spellOutSsml } from "../../../src/text/spell-out.js";

const TABLE: Readonly<Record<string, readonly (readonly [written: string, spoken: string])[]>> = {
  en: [
    ["21.5°C", "twenty one point five degrees Celsius"],
    ["1,234.5", "one thousand two hundred thirty four point five"],
    ["1,000,000", "one million"],
    ["50%", "fifty percent"],
    ["13:45", "thirteen forty five"],
    ["9:05", "nine oh five"],
    ["12:00", "twelve o'clock"],
    ["15-20 minutes", "fifteen to twenty minutes"],
    ["$5.50", "five dollars fifty cents"],
    ["$1", "one dollar"],
    ["-10", "minus ten"],
    ["3rd", "third"],
    ["20th", "twentieth"],
    ["42nd", "forty second"],
    ["1.2.3", "one point two point three"],
    ["007", "zero zero seven"],
    ["2x3", "two times three"],
    ["set a timer for 30 seconds", "set a timer for thirty seconds"],
    ["mp3", "mp three"],
  ],
  de: [
    ["21,5 °C", "einundzwanzig Komma fünf Grad Celsius"],
    ["1 Minute", "eine Minute"],
    ["1 Lampe", "eine Lampe"],
    ["1 Grad", "ein Grad"],
    ["1", "eins"],
    ["101", "einhunderteins"],
    ["1.234,5", "eintausendzweihundertvierunddreißig Komma fünf"],
    ["2.000.000", "zwei Millionen"],
    ["50 %", "fünfzig Prozent"],
    ["13:45 Uhr", "dreizehn Uhr fünfundvierzig"],
    ["1:00", "ein Uhr"],
    ["15-20 Minuten", "fünfzehn bis zwanzig Minuten"],
    ["5,50 €", "fünf Euro fünfzig Cent"],
    ["am 3. Mai", "am dritten Mai"],
    ["3. Mai", "dritter Mai"],
    ["777", "siebenhundertsiebenundsiebzig"],
  ],
  fr: [
    ["21,5 °C", "vingt et un virgule cinq degrés Celsius"],
    ["1 h", "une heure"],
    ["21 min", "vingt et une minutes"],
    ["71", "soixante et onze"],
    ["80", "quatre-vingts"],
    ["81", "quatre-vingt-un"],
    ["99", "quatre-vingt-dix-neuf"],
    ["200", "deux cents"],
    ["201", "deux cent un"],
    ["80 000", "quatre-vingt mille"],
    ["1 000,5", "mille virgule cinq"],
    ["80 %", "quatre-vingts pour cent"],
    ["13:45", "treize heures quarante-cinq"],
    ["1er", "premier"],
    ["9e", "neuvième"],
    ["5,50 €", "cinq euros cinquante centimes"],
    ["15-20 minutes", "quinze à vingt minutes"],
  ],
  es: [
    ["21,5 °C", "veintiuno coma cinco grados Celsius"],
    ["1 h", "una hora"],
    ["21 km", "veintiún kilómetros"],
    ["1 lámpara", "una lámpara"],
    ["31 grados", "treinta y un grados"],
    ["100", "cien"],
    ["101", "ciento uno"],
    ["1.234,5", "mil doscientos treinta y cuatro coma cinco"],
    ["1000000", "un millón"],
    ["50 %", "cincuenta por ciento"],
    ["13:45", "trece y cuarenta y cinco"],
    ["1.º", "primero"],
    ["3er", "tercer"],
    ["5,50 €", "cinco euros cincuenta céntimos"],
    ["15-20 minutos", "quince a veinte minutos"],
  ],
};

describe("spellOut", () => {
  for (const [language, cases] of Object.entries(TABLE)) {
    it.each(cases)(`speaks ${language}: %s`, (written, spoken) => {
      expect(spellOut(written, language)).toBe(spoken);
    });
  }

  it("takes a code with a region", () => {
    expect(spellOut("5", "de_DE")).toBe("fünf");
    expect(spellOut("5", "ru-RU")).toBe("пять");
  });

  it("leaves a language it does not know as it is", () => {
    expect(spellOut("5 lamppua", "fi")).toBe("5 lamppua");
  });

  it("leaves no digit in odd texts, in every language it knows", () => {
    for (const language of SPELLED_LANGUAGES) {
      for (const text of [
        "5..6",
        "1-2-3",
        "99:99",
        "1e10",
        "0x1F",
        "5,,6",
        "12345678901234567890",
        "3,14.15",
      ]) {
        expect(spellOut(text, language)).not.toMatch(/\d/);
      }
    }
  });
});

describe("spellOutSsml", () => {
  it("changes what is said and no tag", () => {
    const ssml =
      '<speak>Сейчас 5 °C <break time="500ms"/> и <prosody rate="90%">2 минуты</prosody><!-- 7 --></speak>';
    expect(spellOutSsml(ssml, "ru")).toBe(
      '<speak>Сейчас пять градусов Цельсия <break time="500ms"/> и <prosody rate="90%">две минуты</prosody><!-- 7 --></speak>',
    );
  });
});
