import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  findSystemVoices,
  type SystemOrder,
  type SystemVoice,
} from "../../../src/engines/vosk-tts/system-voice.js";

const PYTHON = "/usr/bin/python3";

/** The interface of pyttsx3 that the program uses; writes as many samples as there are letters times the rate. */
const PACKAGE = `
import wave
class Voice:
    def __init__(self, id, name, languages):
        self.id, self.name, self.languages = id, name, languages
class Engine:
    def __init__(self):
        self.properties = {"voices": [Voice("english", "English", [b"\\x05en-gb"]), Voice("russian", "Russian", ["ru"])]}
    def getProperty(self, name):
        return self.properties[name]
    def setProperty(self, name, value):
        self.properties[name] = value
    def save_to_file(self, text, path):
        self.work = (text, path)
    def runAndWait(self):
        text, path = self.work
        if "ошибка" in text:
            raise RuntimeError("no driver")
        level = {"english": 1000, "russian": 2000}[self.properties.get("voice", "english")]
        with wave.open(path, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(22050)
            file.writeframes(level.to_bytes(2, "little") * (len(text) * self.properties["rate"]))
def init():
    return Engine()
`;

describe.skipIf(!existsSync(PYTHON))("the voice of pyttsx3 (skipped without Python 3)", () => {
  let root: string;
  let voice: SystemVoice;
  beforeEach(async () => {
    // A virtual environment by hand: the interpreter's own folders stay out of it.
    root = mkdtempSync(join(tmpdir(), "pyttsx3-"));
    mkdirSync(join(root, "bin"));
    symlinkSync(PYTHON, join(root, "bin", "python3"));
    writeFileSync(join(root, "pyvenv.cfg"), "home = /usr/bin\n");
    for (const version of [
      "python3.11",
      "python3.12",
      "python3.13",
      "python3.14",
      "python3.10",
      "python3.9",
    ]) {
      const folder = join(root, "lib", version, "site-packages", "pyttsx3");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "__init__.py"), PACKAGE);
    }
    const found = (await findSystemVoices([join(root, "bin")])).find(({ name }) => name === "pyttsx3");
    if (!found) throw new Error("the package was not found");
    voice = found;
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const speak = async (order: Partial<SystemOrder>, signal = new AbortController().signal) => {
    const samples: number[] = [];
    const wanted = { text: "привет", language: "ru", speed: 1, ...order };
    for await (const piece of voice.speak(wanted, signal)) samples.push(...piece.samples);
    return samples;
  };

  it("comes after espeak", async () => {
    const names = (await findSystemVoices([join(root, "bin")])).map(({ name }) => name);
    expect(names.at(-1)).toBe("pyttsx3");
    expect((await findSystemVoices([])).map(({ name }) => name)).not.toContain("pyttsx3");
  });

  it("speaks with the voice of the language, at the speed asked for", async () => {
    const russian = await speak({});
    expect(russian).toHaveLength(6 * 200);
    expect(russian[0]).toBeCloseTo(2000 / 32_768, 5);
    const english = await speak({ text: "hello!", language: "en_US", speed: 1.5 });
    expect(english).toHaveLength(6 * 300);
    expect(english[0]).toBeCloseTo(1000 / 32_768, 5);
  });

  it("says what went wrong", async () => {
    await expect(speak({ text: "ошибка" })).rejects.toMatchObject({
      code: "engine-failed",
      message: "pyttsx3 could not speak: RuntimeError: no driver",
    });
  });

  it("ends early when the signal aborts", async () => {
    const abort = new AbortController();
    const speaking = speak({}, abort.signal);
    abort.abort();
    expect(await speaking).toEqual([]);
  });
});
