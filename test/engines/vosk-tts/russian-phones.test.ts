import { describe, expect, it } from "vitest";
import { russianPhones } from "../../../src/engines/vosk-tts/russian-phones.js";

describe("russianPhones", () => {
  it.each([
    ["к+ошка", "k o1 sh k a0"],
    ["кош+ака", "k o0 sh a1 k a0"],
    ["абстр+акция", "a0 b s t r a1 k c i0 j a0"],
    ["мёд", "mj o1 d"],
    ["объём", "o0 b j o1 m"],
    ["съ+езд", "s j e1 z d"],
    ["семь+я", "sj e0 mj j a1"],
    ["+яма", "j a1 m a0"],
    ["ма+як", "m a0 j a1 k"],
    ["день", "dj e1 nj"],
    ["щ+ука", "sch u1 k a0"],
    ["йод", "j o1 d"],
    ["интернет", "i0 n tj e0 r nj e1 t"],
    ["алиса", "a0 lj i1 s a0"],
    ["вдр", "v d r"],
    ["q", ""],
    ["+", ""],
    ["", ""],
  ])("spells %s", (word, phones) => {
    expect(russianPhones(word).join(" ")).toBe(phones);
  });
});
