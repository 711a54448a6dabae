import { describe, expect, it } from "vitest";
import { inflectRussian } from "../../src/home/russian-cases.js";

describe("inflectRussian", () => {
  it.each([
    ["Гостиная", "prepositional", "Гостиной"],
    ["Кухня", "prepositional", "Кухне"],
    ["Ванная комната", "prepositional", "Ванной комнате"],
    ["Детская", "prepositional", "Детской"],
    ["Кабинет", "prepositional", "Кабинете"],
    ["Сад", "prepositional", "Саду"],
    ["Прачечная", "prepositional", "Прачечной"],
    ["Второй этаж", "prepositional", "Втором этаже"],
    ["Прихожая", "prepositional", "Прихожей"],
    ["Ночная лампа", "accusative", "Ночную лампу"],
    ["Торшер", "accusative", "Торшер"],
    ["Люстра в гостиной", "accusative", "Люстру в гостиной"],
    ["Входная дверь", "accusative", "Входную дверь"],
    ["Верхний свет", "genitive", "Верхнего света"],
    ["Гирлянда", "genitive", "Гирлянды"],
    ["Кухня", "dative", "Кухне"],
    ["Радио", "prepositional", "Радио"],
    ["EcoBee", "prepositional", "EcoBee"],
  ] as const)("says %s in the %s as %s", (name, wanted, said) => {
    expect(inflectRussian(name, wanted)).toBe(said);
  });
});
