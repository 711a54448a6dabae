import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scriptRuns } from "../../src/text/script-runs.js";

describe("scriptRuns", () => {
  it.each([
    ["Hello there. How are you?", ["Hello there. How are you?"]],
    ["Привет, мир. Hello world. It rains.", ["Привет, мир.", "Hello world. It rains."]],
    ["Сейчас играет «Yesterday» группы Beatles.", ["Сейчас играет «Yesterday» группы Beatles."]],
    ["Готово. OK. Свет включён.", ["Готово. OK. Свет включён."]],
    ["22.5. Сейчас тепло.", ["22.5. Сейчас тепло."]],
    [
      "He said twice: «Доброе утро!» That means good morning.",
      ["He said twice: «Доброе утро!» That means good morning."],
    ],
    [
      "The news:\nСегодня солнечно\nTomorrow it rains",
      ["The news:", "Сегодня солнечно", "Tomorrow it rains"],
    ],
    ["", []],
    [" 12 \n 13 ", ["12 13"]],
  ])("makes of %j %j", (text, runs) => {
    expect(scriptRuns(text)).toEqual(runs);
  });

  it("loses nothing but white space", () => {
    const words = fc.constantFrom("Hello", "world.", "Привет", "мир!", "42", "\n", "καλημέρα", "?", "»");
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        const text = parts.join(" ");
        expect(scriptRuns(text).join("").replaceAll(/\s/gu, "")).toBe(text.replaceAll(/\s/gu, ""));
      }),
    );
  });
});
