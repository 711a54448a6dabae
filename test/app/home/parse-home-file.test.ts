import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseHomeFile } from "../../../src/app/home/parse-home-file.js";
import { hasShared, SHARED } from "../../fixtures/shared-speech.js";

const parse = (text: string) => parseHomeFile(text, "home.yaml");

describe("parseHomeFile", () => {
  it("reads names by language and kind, with the region of a language left off", () => {
    const home = parse(
      "en_US:\n  lights: [Bed Light, ' Lamp 7 ', 12]\n  areas:\nru:\n  locks: [Входная дверь]\n",
    );
    expect([...home]).toEqual([
      ["en", { lights: ["Bed Light", "Lamp 7", "12"], areas: [] }],
      ["ru", { locks: ["Входная дверь"] }],
    ]);
  });

  it("puts regions of one language together, and takes an empty file for a home without names", () => {
    expect(parse("en_US: {lights: [A]}\nen-GB: {lights: [B]}").get("en")).toEqual({ lights: ["A", "B"] });
    expect([...parse("")]).toEqual([]);
    expect([...parse("en:")]).toEqual([["en", {}]]);
  });

  it("tells all mistakes at once", () => {
    const wrong = "en:\n  lamps: [A]\n  lights: Bed Light\n  locks: [{a: 1}, true]\nenglish: {}\nfr: [x]\n";
    expect(() => parse(wrong)).toThrow(
      /^home\.yaml cannot be used: en\.lamps is no kind of names; there are areas, .*en\.lights must be a list of names; en\.locks holds something that is no name: \{"a":1\}; en\.locks .*english is no language code.*fr must hold names by kind$/,
    );
    expect(() => parse("en: [\n")).toThrow(expect.objectContaining({ code: "home-file-invalid" }));
    expect(() => parse("- en")).toThrow("the file must hold names by language");
  });

  it.skipIf(!hasShared)("reads the home of the recordings (needs the shared recordings)", () => {
    const home = parse(readFileSync(join(SHARED, "speech", "home-en.yaml"), "utf8"));
    expect(home.get("en")?.climate).toEqual(["EcoBee"]);
    expect([...home.keys()]).toEqual(["en", "fr"]);
  });
});
