import { afterEach, describe, expect, it } from "vitest";
import { LanguageCommands } from "../../../src/app/home/language-commands.js";
import type { MadeBook } from "../../../src/app/home/make-book.js";
import { BudgetError } from "../../../src/base/errors.js";
import type { PreparedReport, UnknownWord } from "../../../src/engines/capability.js";
import type { HomeNames } from "../../../src/home/names.js";
import type { PhraseBookFile } from "../../../src/home/phrase-book.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { PATIENCE } from "../../fixtures/patience.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";
import { manifestOf, type ScriptedModel } from "../../fixtures/scripted-leaser.js";
import { ScriptedResidency } from "../../fixtures/scripted-residency.js";
import { gate } from "../../fixtures/voice-pieces.js";

const NAMES: HomeNames = { lights: ["Bed Light"] };
const bookOf = (names: HomeNames): MadeBook => {
  const id = `book of ${names.lights?.join(", ")}`;
  return { file: { id, path: `/${id}.json` }, phrases: 10, problems: [] };
};
const listener = (id: string, change: Partial<ScriptedModel> = {}): ScriptedModel => ({
  id,
  loaded: { capability: "stt", streaming: true, takesPhrases: true },
  ...change,
});

function open(models: readonly ScriptedModel[], make: (names: HomeNames) => Promise<MadeBook | undefined>) {
  const clock = new HandClock();
  const log = recordingLogger();
  const residency = new ScriptedResidency(clock, models);
  const commands = new LanguageCommands({
    language: "en",
    make,
    choose: (without) => models.map(manifestOf).find(({ id }) => !without.has(id)),
    residency,
    clock,
    log,
  });
  const lines = (level: string) =>
    log.lines.filter((line) => line.level === level).map(({ message }) => message);
  return { clock, residency, commands, lines };
}

describe("LanguageCommands", () => {
  let opened: LanguageCommands | undefined;
  const start = (...args: Parameters<typeof open>) => {
    const all = open(...args);
    opened = all.commands;
    return all;
  };
  const made = async (names: HomeNames) => bookOf(names);
  const bookOn = ({ commands }: { readonly commands: LanguageCommands }) => {
    const offer = commands.offer();
    return offer?.ready ? offer.phrases.id : offer?.why;
  };
  afterEach(() => opened?.close());

  it("hold a model to the home's sentences once it is brought into memory", async () => {
    const prepared: PhraseBookFile[] = [];
    const report = { book: "", phrases: 10, unknownWords: [], compileMs: 1_200 };
    const house = start(
      [
        listener("vosk/small", {
          prepare: (book) => {
            prepared.push(book);
            return report;
          },
        }),
      ],
      made,
    );
    await house.commands.update(NAMES);
    expect(house.residency.warmed).toEqual([]);
    house.commands.bring();
    await expect.poll(() => bookOn(house), PATIENCE).toBe("book of Bed Light");
    expect(prepared).toEqual([{ id: "book of Bed Light", path: "/book of Bed Light.json" }]);
    expect(house.residency.held).toBe(0);
    expect(house.lines("info")).toEqual([
      "Commands in en: vosk/small listens for 10 sentences, made ready in 1.2 s",
    ]);
  });

  it("serve the old sentences until the new ones are ready", async () => {
    const slow = gate<PreparedReport>();
    const report = { book: "", phrases: 10, unknownWords: [], compileMs: 0 };
    const house = start(
      [listener("vosk/small", { prepare: ({ id }) => (id.includes("Lamp") ? slow.promise : report) })],
      made,
    );
    house.commands.bring();
    await house.commands.update(NAMES);
    expect(bookOn(house)).toBe("book of Bed Light");
    const swap = house.commands.update({ lights: ["Lamp 2"] });
    await expect.poll(() => house.residency.held, PATIENCE).toBe(1);
    expect(bookOn(house)).toBe("book of Bed Light");
    slow.open(report);
    await swap;
    expect(bookOn(house)).toBe("book of Lamp 2");
  });

  it("take the names told last when several come in a row", async () => {
    const slow = gate();
    const house = start([listener("vosk/small")], async (names) => {
      if (names === NAMES) await slow.promise;
      return bookOf(names);
    });
    house.commands.bring();
    const first = house.commands.update(NAMES);
    await house.commands.update({ lights: ["Lamp 2"] });
    slow.open();
    await first;
    expect(bookOn(house)).toBe("book of Lamp 2");
  });

  it("prepare the model again when it has gone and come back", async () => {
    let times = 0;
    const house = start(
      [
        listener("vosk/small", {
          prepare: ({ id }) => {
            times += 1;
            return { book: id, phrases: 10, unknownWords: [], compileMs: 0 };
          },
        }),
      ],
      made,
    );
    house.commands.bring();
    await house.commands.update(NAMES);
    house.residency.inMemory.clear();
    house.commands.modelChanged("vosk/small", "failed");
    expect(house.commands.standing).toEqual({ ready: false, why: "vosk/small is not in memory" });
    house.residency.inMemory.add("vosk/small");
    house.commands.modelChanged("vosk/small", "ready");
    await expect.poll(() => bookOn(house), PATIENCE).toBe("book of Bed Light");
    expect(times).toBe(2);
  });

  it("send for a model that left while idle when somebody speaks, but not at every word", async () => {
    const house = start([listener("vosk/small")], made);
    await house.commands.update(NAMES);
    expect(house.commands.offer()).toMatchObject({ ready: false });
    house.commands.offer();
    await expect.poll(() => bookOn(house), PATIENCE).toBe("book of Bed Light");
    expect(house.residency.warmed).toEqual(["vosk/small"]);
    house.residency.inMemory.clear();
    house.commands.modelChanged("vosk/small", "cold");
    expect(house.commands.offer()).toMatchObject({ ready: false });
    expect(house.residency.warmed).toHaveLength(1);
    house.clock.advance(10_000);
    house.commands.offer();
    await expect.poll(() => bookOn(house), PATIENCE).toBe("book of Bed Light");
  });

  it("take the next model when one is of no use, and look again later when none is left", async () => {
    const models = [
      listener("vosk/fixed", { loaded: { capability: "stt", streaming: true } }),
      listener("vosk/small"),
    ];
    const house = start(models, made);
    house.commands.bring();
    await house.commands.update(NAMES);
    expect(house.commands.model).toBe("vosk/small");
    expect(house.lines("warn")).toEqual(["Commands in en: vosk/fixed cannot listen: it has a fixed graph"]);

    const full = start([listener("vosk/small")], made);
    full.residency.refusal = new BudgetError("over-budget", "There is no room.");
    full.commands.bring();
    await full.commands.update(NAMES);
    expect(bookOn(full)).toBe("vosk/small cannot listen: There is no room.");
    expect(full.lines("info")).toEqual(["Commands in en: vosk/small cannot listen: There is no room."]);
    full.residency.refusal = undefined;
    full.clock.advance(300_000);
    await expect.poll(() => bookOn(full), PATIENCE).toBe("book of Bed Light");
    await full.commands.close();
  });

  it("tell of unknown words once, with what can be done", async () => {
    const unknownWords: UnknownWord[] = [
      { word: "EcoBee", names: ["EcoBee"], respelled: "eco bee" },
      { word: "Zyx", names: ["Zyx Lamp"], suggestion: "six" },
      { word: "thermostatic", names: [] },
    ];
    const house = start(
      [
        listener("vosk/small", {
          prepare: ({ id }) => ({ book: id, phrases: 9, unknownWords, compileMs: 0 }),
        }),
      ],
      made,
    );
    house.commands.bring();
    await house.commands.update(NAMES);
    await house.commands.update({ lights: ["Lamp 2"] });
    expect(house.lines("info").filter((line) => line.includes("EcoBee"))).toEqual([
      'EcoBee (EcoBee) is listened for as "eco bee"',
    ]);
    expect(house.lines("warn")).toEqual([
      'Zyx (Zyx Lamp) is unknown to vosk/small and not understood: give it an alias such as "six"',
    ]);
    expect(house.commands.unknownWords).toEqual(unknownWords);
  });

  it("are none in a language without sentences, and stay as they were when new ones cannot be made", async () => {
    const none = start([listener("vosk/small")], async () => undefined);
    expect(none.commands.offer()).toMatchObject({ ready: false });
    await none.commands.update(NAMES);
    expect(none.commands.offer()).toBeUndefined();

    const house = start([listener("vosk/small")], async (names) => {
      if (names !== NAMES) throw new Error("The disk is full.");
      return bookOf(names);
    });
    house.commands.bring();
    await house.commands.update(NAMES);
    await house.commands.update({ lights: ["Lamp 2"] });
    expect(bookOn(house)).toBe("book of Bed Light");
    expect(house.lines("error")).toEqual(["Commands in en stay as they were: The disk is full."]);
  });
});
