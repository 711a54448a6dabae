import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sileroModel } from "../fixtures/npm-models.js";
import { Program, runCommand } from "../fixtures/program.js";
import { hasShared, SHARED } from "../fixtures/shared-speech.js";
import { describeServer, synthesizeText, transcribeWav } from "../fixtures/wyoming-tasks.js";

const WITH_SHARED = hasShared ? "" : " [skipped: the shared models are absent]";
const WHISPER = join(SHARED, "models/whisper-tiny");

let running: Program | undefined;
let scratch: string | undefined;
afterEach(async () => {
  await running?.dispose();
  if (scratch) rmSync(scratch, { recursive: true, force: true });
  running = undefined;
  scratch = undefined;
});

const serve = async (...args: Parameters<typeof Program.serve>): Promise<Program> => {
  running = await Program.serve(...args);
  return running;
};
/** Starts without any model to warm: only what a test is about happens. */
const QUIET = { IRENE_PRELOAD: "false" };

/** A copy of Whisper tiny in which one file was changed. */
function whisperWith(file: string, change: (bytes: Buffer) => Buffer): Record<string, string> {
  scratch = mkdtempSync(join(tmpdir(), "irene-whisper-"));
  cpSync(WHISPER, scratch, { recursive: true });
  writeFileSync(join(scratch, file), change(readFileSync(join(WHISPER, file))));
  return { IRENE_MODELS__FOLDERS: `whisper/tiny=${scratch}` };
}

describe.skipIf(!hasShared)(`a model that cannot be loaded${WITH_SHARED}`, () => {
  const lamp = () => readFileSync(join(SHARED, "speech/en/pause.wav"));
  const broken = async (env: Record<string, string>): Promise<void> => {
    // Offline: another model of the language could be downloaded, and would answer instead.
    const program = await serve({
      env: { ...env, IRENE_MODELS__OFFLINE: "true" },
      flags: ["--stt", "whisper/tiny", "--tts", "espeak", "--language", "fr"],
    });
    await program.line(/Failed to warm up Whisper/);
    await program.line(/Warm-up done/);
    const complaints = program.log.filter((line) => / (WARN|ERROR): .*(tiny|Whisper)/i.test(line));
    expect(complaints.length).toBeLessThanOrEqual(3);
    expect(program.log.join("\n")).not.toMatch(/^\s+at .+:\d+:\d+/m);
    const status = await program.status();
    expect(["degraded", "error"]).toContain(status.phase);
    expect(status.problem).toMatch(/Whisper/);
    const port = await program.port("wyoming");
    await expect(transcribeWav(port, lamp())).rejects.toThrow(/engine-failed|model-unavailable|error/);
    expect((await synthesizeText(port, "Bonjour")).pcm.length).toBeGreaterThan(1000);
    expect((await describeServer(port))["asr"]).toHaveLength(1);
  };

  it("is reported in a line when a file is garbage, and the rest works", async () => {
    await broken(whisperWith("tiny-decoder.int8.onnx", (bytes) => bytes.fill(0x5a, 0, 4096)));
  });

  it("is reported in a line when a file is cut short, and the rest works", async () => {
    await broken(whisperWith("tiny-encoder.int8.onnx", (bytes) => bytes.subarray(0, bytes.length / 2)));
  });

  it("is reported in a line when a file is a model of another kind, and the rest works", async () => {
    const silero = await sileroModel();
    if (!silero?.["model"]) throw new Error("the npm registry cannot be reached");
    const other = readFileSync(silero["model"]);
    await broken(whisperWith("tiny-encoder.int8.onnx", () => other));
  });
});

describe("a program missing on the machine", () => {
  it("is replaced by its WebAssembly build in the case of espeak-ng, with the licence in the log", async () => {
    const nowhere = dirname(process.execPath).replace(/^\/usr/, "/nowhere");
    const program = await serve({ env: { ...QUIET, PATH: nowhere, IRENE_TTS: "espeak" } });
    const { pcm } = await synthesizeText(await program.port("wyoming"), "The light is on.", {
      name: "espeak-ng",
    });
    expect(pcm.length).toBeGreaterThan(20_000);
    await program.line(/eSpeak NG as WebAssembly is needed .*GPL-3\.0-or-later/);
    expect(program.log.join("\n")).toContain("Speech to text: Moonshine");
  });
});

describe("a port that is taken", () => {
  it("is named in one line, with HTTP and MQTT going on", async () => {
    const blocker = createServer().listen(0, "0.0.0.0");
    await once(blocker, "listening");
    const { port } = blocker.address() as AddressInfo;
    const program = await serve({ env: QUIET, flags: ["--wyoming-port", String(port)] });
    await program.line(new RegExp(`ERROR: .*${port}.*`));
    expect(program.log.filter((line) => line.includes("ERROR"))).toHaveLength(1);
    const status = await program.status();
    expect(status.listeners.map(({ name }) => name).sort()).toEqual(["http", "mqtt"]);
    blocker.close();
    expect(await program.stop()).toBe(0);
  });

  it("makes the embedded broker take the next free one, and say so", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const { port } = blocker.address() as AddressInfo;
    const program = await serve({ env: QUIET, flags: ["--mqtt-port", String(port)] });
    expect(await program.port("mqtt")).toBeGreaterThan(port);
    blocker.close();
  });
});

describe("a broker that cannot be reached", () => {
  it("is named in one line, and voice goes on without it", async () => {
    const program = await serve({ env: QUIET, flags: ["--mqtt-url", "mqtt://127.0.0.1:9"] });
    await program.line(/WARN: .*127\.0\.0\.1:9.*voice goes on without MQTT/);
    expect((await describeServer(await program.port("wyoming")))["tts"]).toHaveLength(1);
    expect(await program.stop()).toBe(0);
  });
});

describe("wrong settings", () => {
  it("are listed all at once, and end the program with code 78", async () => {
    const { code, stderr } = await runCommand(["serve", "--wyoming-port", "x"], { IRENE_LANGUAGE: "?" });
    expect(code).toBe(78);
    expect(stderr).toContain("wyoming.port: must be a whole number from 0 to 65535");
    expect(stderr).toContain("language: must be a language code");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("include a data folder that cannot be written", async () => {
    const { code, stderr, stdout } = await runCommand(["serve", "--data-dir", "/dev/null/irene"]);
    expect(code).not.toBe(0);
    expect(`${stderr}${stdout}`).toMatch(/\/dev\/null\/irene/);
    expect(`${stderr}${stdout}`).not.toMatch(/^\s+at /m);
  });
});
