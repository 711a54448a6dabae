import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Program } from "../fixtures/program.js";
import { hasShared, SHARED } from "../fixtures/shared-speech.js";
import { type WireEvent, WyomingClient } from "../fixtures/wyoming-client.js";
import { describeServer, detectWakeWord, pcmOf } from "../fixtures/wyoming-tasks.js";

const NEEDS = hasShared ? "" : " [skipped: the shared recordings are absent]";
const clip = (name: string): Buffer => readFileSync(join(SHARED, "speech/en", `${name}.wav`));
/** Neither stt, tts nor vad is loaded, so that a test waits for wake words alone. */
const QUIET = { IRENE_PRELOAD: "false", IRENE_MQTT__ENABLED: "false", IRENE_HTTP__ENABLED: "false" };

describe.skipIf(!hasShared)(`wake words over Wyoming${NEEDS}`, () => {
  let program: Program;
  let port: number;

  beforeAll(async () => {
    program = await Program.serve({ env: { ...QUIET, IRENE_WAKE_WORDS: "Hey Jarvis, alexa" } });
    port = await program.port("wyoming");
  });
  afterAll(() => program.dispose());

  it("offers every word there is, downloaded or not", async () => {
    const { wake } = await describeServer(port);
    const [{ models }] = wake as [{ models: { name: string; installed: boolean; phrase: string }[] }];
    expect(models.map(({ name }) => name)).toEqual(["alexa", "hey_jarvis", "hey_mycroft", "hey_rhasspy"]);
    expect(models.every(({ installed }) => installed)).toBe(true);
  });

  it("says what was chosen and under which licence, before it downloads anything", async () => {
    const chosen = await program.line(/Wake words: openwakeword\/hey_jarvis, openwakeword\/alexa - named/);
    expect(chosen).toContain("CC-BY-NC-SA-4.0");
    await detectWakeWord(port, clip("wake-alexa"), ["alexa"]);
    const lines = program.log;
    const at = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));
    expect(at(/Wake words:/)).toBeLessThan(at(/openwakeword\/alexa is licensed CC-BY-NC-SA-4.0/));
  });

  it.each([
    ["hey_jarvis", "wake-hey-jarvis"],
    ["alexa", "wake-alexa"],
    ["hey_mycroft", "wake-hey-mycroft"],
  ])("hears %s where it is said, and reports where", async (word, file) => {
    const { pcm, format } = pcmOf(clip(file));
    const heard = await detectWakeWord(port, clip(file), [word]);
    expect(heard?.name).toBe(word);
    const lengthMs = (pcm.length / format.width / format.channels / format.rate) * 1000;
    expect(heard?.timestampMs).toBeGreaterThan(0);
    expect(heard?.timestampMs).toBeLessThan(lengthMs);
  });

  it.each([
    ["another word is said", "wake-alexa", ["hey_jarvis"]],
    ["no wake word is said", "what-time-is-it", ["hey_jarvis", "alexa"]],
    ["only words are asked for that nobody knows", "wake-alexa", ["computer"]],
  ])("says not-detected where %s", async (_, file, names) => {
    expect(await detectWakeWord(port, clip(file), names)).toBeUndefined();
  });

  it("hears the chosen words for peers that name none", async () => {
    expect((await detectWakeWord(port, clip("wake-alexa")))?.name).toBe("alexa");
    expect((await detectWakeWord(port, clip("wake-hey-jarvis")))?.name).toBe("hey_jarvis");
    expect(await detectWakeWord(port, clip("wake-hey-mycroft"))).toBeUndefined();
  });

  it("hears two words on one connection, ignores unknown ones, and is armed anew by each audio-start", async () => {
    await WyomingClient.with(port, async (client) => {
      client.send("detect", { names: ["alexa", "computer", "hey_jarvis"] });
      const answers: (string | undefined)[] = [];
      for (const file of ["wake-hey-jarvis", "wake-alexa", "what-time-is-it", "wake-hey-jarvis"]) {
        const { format, pcm } = pcmOf(clip(file));
        await client.sendAudio(format, pcm);
        answers.push(nameIn(await client.next()));
      }
      expect(answers).toEqual(["hey_jarvis", "alexa", undefined, "hey_jarvis"]);
    });
  });

  it("hears both words within one stream", async () => {
    const first = pcmOf(clip("wake-hey-jarvis"));
    const second = pcmOf(clip("wake-alexa"));
    expect(second.format).toEqual(first.format);
    await WyomingClient.with(port, async (client) => {
      client.send("detect", { names: ["alexa", "hey_jarvis"] });
      await client.sendAudio(first.format, Buffer.concat([first.pcm, second.pcm]));
      const heard = [await client.expect("detection"), await client.expect("detection")];
      expect(heard.map(({ data }) => data["name"])).toEqual(["hey_jarvis", "alexa"]);
    });
  });

  it("keeps all words in one process", () => {
    const titles = program.workers().map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    expect(titles.filter((title) => title.includes("irene-worker shared"))).toHaveLength(1);
  });
});

describe("without a chosen wake word", () => {
  it("says once, without a warning, what to write, and tells a peer that names none the same", async () => {
    const program = await Program.serve({ env: QUIET });
    try {
      const port = await program.port("wyoming");
      const line = await program.line(/Wake words: none - /);
      expect(line).toContain("wake_words: [hey_jarvis]");
      expect(line).not.toMatch(/WARN/i);
      expect(program.log.filter((each) => each.includes("wake_words"))).toHaveLength(1);
      const answer = await WyomingClient.with(port, async (client) => {
        client.send("detect", { names: null });
        const format = { rate: 16_000, width: 2, channels: 1 };
        await client.sendAudio(format, Buffer.alloc(32_000), { stop: false });
        return client.next();
      });
      expect(answer?.type).toBe("error");
      expect(String(answer?.data["text"])).toContain("wake_words: [hey_jarvis]");
    } finally {
      await program.dispose();
    }
  });
});

const nameIn = (event: WireEvent | undefined): string | undefined =>
  event?.type === "detection" ? String(event.data["name"]) : undefined;
