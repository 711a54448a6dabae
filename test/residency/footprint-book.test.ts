import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/base/clock.js";
import { type Logger, silentLogger } from "../../src/base/logger.js";
import { boardName, FootprintBook, footprintKey } from "../../src/residency/footprint-book.js";

const OPTIONS = { params: { b: 1, a: { d: 2, c: 3 } }, settings: {}, threads: 2, arena: true };
const KEY = footprintKey("whisper/base", OPTIONS);
const SAMPLE = { loadPeakBytes: 5, steadyBytes: 3, inferencePeakBytes: 4, loadMs: 10, warmUpMs: 2 };

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "footprints-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function openBook(path: string, board = "board", logger: Logger = silentLogger) {
  const book = new FootprintBook({ path, board, logger, clock: systemClock });
  await book.open();
  return book;
}

describe("FootprintBook", () => {
  it("remembers across runs", async () => {
    const path = join(folder(), "state", "footprints.json");
    const first = await openBook(path);
    first.record(KEY, SAMPLE);
    first.recordOutOfMemory(KEY);
    await first.flush();
    const second = await openBook(path);
    expect(second.find(KEY)).toEqual(first.find(KEY));
    expect(second.find(KEY)?.loadMs).toEqual({ average: 10, max: 10 });
    expect(second.growth(KEY)).toBe(1.25);
  });

  it("learns anew on another board and with other options", async () => {
    const path = join(folder(), "footprints.json");
    const book = await openBook(path);
    book.record(KEY, SAMPLE);
    await book.flush();
    expect(book.find(footprintKey("whisper/base", { ...OPTIONS, arena: false }))).toBeUndefined();
    expect((await openBook(path, "other board")).find(KEY)).toBeUndefined();
  });

  it("knows the same options in another order", () => {
    const reordered = { arena: true, threads: 2, settings: {}, params: { a: { c: 3, d: 2 }, b: 1 } };
    expect(footprintKey("whisper/base", reordered)).toEqual(KEY);
  });

  it("keeps a peak seen in use, and no lower one", async () => {
    const book = await openBook(join(folder(), "footprints.json"));
    book.recordPeak(KEY, 100);
    expect(book.find(KEY)).toBeUndefined();
    book.record(KEY, SAMPLE);
    book.recordPeak(KEY, 100);
    book.recordPeak(KEY, 50);
    expect(book.find(KEY)?.inferencePeakBytes.max).toBe(100);
  });

  it("forgives kills for want of memory slowly, and bounds what they add", async () => {
    const book = await openBook(join(folder(), "footprints.json"));
    for (let kill = 0; kill < 20; kill++) book.recordOutOfMemory(KEY);
    expect(book.growth(KEY)).toBe(4);
    book.record(KEY, SAMPLE);
    expect(book.growth(KEY)).toBeCloseTo(3.7);
    for (let load = 0; load < 100; load++) book.record(KEY, SAMPLE);
    expect(book.growth(KEY)).toBe(1);
  });

  it("starts anew from a spoilt file, says so, and mends it", async () => {
    const path = join(folder(), "footprints.json");
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
    for (const text of ["{", "[]", '{"version":99,"entries":[]}']) {
      writeFileSync(path, text);
      const book = await openBook(path, "board", logger);
      expect(book.find(KEY)).toBeUndefined();
      book.record(KEY, SAMPLE);
      await book.flush();
      expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ version: 1 });
    }
    expect(warnings).toHaveLength(3);
  });

  it("leaves out single lines that make no sense", async () => {
    const path = join(folder(), "footprints.json");
    const book = await openBook(path);
    book.record(KEY, SAMPLE);
    await book.flush();
    const text = JSON.parse(readFileSync(path, "utf8"));
    text.entries.push({ ...text.entries[0], model: "bad/figure", footprint: { samples: -1 } });
    text.entries.push({ ...text.entries[0], model: "bad/growth", growth: 0 });
    writeFileSync(path, JSON.stringify(text));
    const again = await openBook(path);
    expect(again.find(KEY)).toBeDefined();
    expect(again.find({ ...KEY, model: "bad/figure" })).toBeUndefined();
    expect(again.growth({ ...KEY, model: "bad/growth" })).toBe(1);
  });

  it("remembers at what hours a model is used, but not that it is not", async () => {
    const path = join(folder(), "footprints.json");
    const book = await openBook(path);
    const byHour = Array.from({ length: 24 }, (_, hour) => (hour === 7 ? 0.8 : 0));
    book.recordUses("whisper/base", byHour);
    book.recordUses("piper/idle", new Array<number>(24).fill(0));
    await book.flush();
    const again = await openBook(path);
    expect(again.uses("whisper/base")).toEqual({ byHour });
    expect(again.uses("piper/idle")).toEqual({});
    writeFileSync(path, JSON.stringify({ version: 1, entries: [], uses: { "whisper/base": [1, 2, -3] } }));
    expect((await openBook(path)).uses("whisper/base")).toEqual({});
  });

  it("leaves no drafts behind, however often it is written", async () => {
    const dir = folder();
    const book = await openBook(join(dir, "footprints.json"));
    for (let load = 0; load < 50; load++) {
      book.record(footprintKey(`model/${load}`, OPTIONS), SAMPLE);
      if (load % 7 === 0) await book.flush();
    }
    await book.flush();
    expect(readdirSync(dir)).toEqual(["footprints.json"]);
    expect((await openBook(join(dir, "footprints.json"))).find({ ...KEY, model: "model/49" })).toBeDefined();
  });

  it("says when it cannot write, and goes on", async () => {
    const dir = folder();
    writeFileSync(join(dir, "file"), "");
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
    const book = new FootprintBook({ path: join(dir, "file", "x.json"), logger, clock: systemClock });
    book.record(KEY, SAMPLE);
    await book.flush();
    expect(warnings[0]).toMatch(/could not be saved/);
    expect(book.find(KEY)).toBeDefined();
  });

  it("names the board by its processor", () => {
    expect(boardName()).toMatch(new RegExp(`^${process.arch} .+ x\\d+$`));
  });
});
