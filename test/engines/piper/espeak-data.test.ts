import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findEspeakData, hasEspeakVoice, isEspeakData } from "../../../src/engines/piper/espeak-data.js";

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "espeak-data-"));
  mkdirSync(join(dir, "lang", "gmw"), { recursive: true });
  writeFileSync(
    join(dir, "lang", "gmw", "en-US"),
    "name English (America)\nlanguage en-us 2\nlanguage en 3\n",
  );
  for (const name of ["phontab", "phonindex", "phondata"]) writeFileSync(join(dir, name), "x");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("isEspeakData", () => {
  it("wants all phoneme tables, none empty", async () => {
    expect(await isEspeakData(dir)).toBe(false);
    writeFileSync(join(dir, "intonations"), "");
    expect(await isEspeakData(dir)).toBe(false);
    writeFileSync(join(dir, "intonations"), "x");
    expect(await isEspeakData(dir)).toBe(true);
    expect(await isEspeakData(join(dir, "absent"))).toBe(false);
  });
});

describe("hasEspeakVoice", () => {
  it("finds a voice by its file or any of its languages, whatever the case and the variant", async () => {
    for (const voice of ["en-us", "EN", "en-us+f3"]) expect(await hasEspeakVoice(dir, voice)).toBe(true);
    for (const voice of ["e", "en-gb", "", "English"]) expect(await hasEspeakVoice(dir, voice)).toBe(false);
  });

  it("finds nothing where there is nothing", async () => {
    expect(await hasEspeakVoice(join(dir, "absent"), "en")).toBe(false);
  });
});

const system = await findEspeakData();

describe.skipIf(!system)("the system's data (needs espeak-ng-data)", () => {
  it("speaks the languages Piper has voices for", async () => {
    const voices = ["en-us", "en-gb-x-rp", "de", "ru", "fr", "es", "es-419", "uk", "nl", "pt-br", "cmn"];
    for (const voice of voices) expect(await hasEspeakVoice(system ?? "", voice), voice).toBe(true);
  });
});
