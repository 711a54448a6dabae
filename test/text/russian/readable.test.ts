import { describe, expect, it } from "vitest";
import { readableRussian } from "../../../src/text/russian/readable.js";

describe("readableRussian", () => {
  it.each([
    ["Включи Wi-Fi роутер", "Включи вай фай роутер"],
    ["Wi-Fi-роутер", "вай фай роутер"],
    ["USB порт и MQTT", "ю эс би порт и эм кью ти ти"],
    ["HTTP сервер", "эйч ти ти пи сервер"],
    ["Home Assistant 2024.12.1", "хоум ассистент две тысячи двадцать четыре точка двенадцать точка один"],
    ["Philips Hue", "филипс хью"],
    ["ESP32", "и эс пи тридцать два"],
    ["A4", "эй четыре"],
    ["YouTube", "ютуб"],
    ["smart house", "смарт хаус"],
    ["Schneider", "шнэйдер"],
    ["café", "кэйф"],
    ["ГВС и ХВС", "гэ вэ эс и ха вэ эс"],
    ["США, МЧС, ООН, ТВ", "сэ шэ а, эм че эс, о о эн, тэ вэ"],
    ["ВНИМАНИЕ, ДОМ", "ВНИМАНИЕ, ДОМ"],
    ["Cтол", "Стол"],
    ["к+ошка", "к+ошка"],
    ["а + б", "а б"],
    ["Готово 👍 #дом", "Готово дом"],
    ["日本", ""],
    ["й и ё", "й и ё"],
  ])("reads %s", (written, spoken) => {
    expect(readableRussian(written)).toBe(spoken);
  });

  it("leaves nothing a Cyrillic voice would drop", () => {
    const hostile =
      "A1 b2C3 <tag> &amp; 100% $5 http://x.y/z?q=1 \u0000 \u{1F600} ﬁ ① Ⅷ x² naïve Straße œuvre";
    expect(readableRussian(hostile)).toMatch(/^[\p{Script=Cyrillic}\s.,!?;:…«»"'()—–+-]+$/u);
  });
});
