import { describe, expect, it } from "vitest";
import { logWarmUp } from "../../src/residency/warm-up-log.js";
import { manifest } from "../fixtures/manifests.js";
import { recordingLogger } from "../fixtures/recording-logger.js";

const WHISPER = manifest({ id: "whisper/base" });
const SILERO = manifest({ id: "silero_v3/v3_1_ru", capability: "tts", languages: ["ru"] });
const VOSK = manifest({ id: "vosk/small-ru-0.22", languages: ["ru"] });

async function linesOf(title: string, model: typeof WHISPER, task: () => Promise<void>) {
  const logger = recordingLogger();
  const outcome = await logWarmUp(logger, title, model, task).catch((error: unknown) => error);
  return { outcome, lines: logger.lines.map(({ level, message }) => `${level}: ${message}`) };
}

describe("the log of a warm-up", () => {
  it("names a provider of several sizes by its size", async () => {
    const { lines } = await linesOf("Whisper", WHISPER, async () => undefined);
    expect(lines).toEqual([
      "info: Warming up Whisper base model...",
      "info: Whisper base model warmed up successfully",
    ]);
  });

  it("names a voice by its provider", async () => {
    const { lines } = await linesOf("Silero v3 TTS", SILERO, async () => undefined);
    expect(lines).toEqual([
      "info: Warming up Silero v3 TTS model...",
      "info: Silero v3 TTS model warmed up successfully",
    ]);
  });

  it("names Vosk by its language", async () => {
    const { lines } = await linesOf("VOSK ASR", VOSK, async () => undefined);
    expect(lines).toEqual([
      "info: Warming up VOSK ASR model for default language: ru",
      "info: VOSK ASR model for ru warmed up successfully",
    ]);
  });

  it("tells of a failure and of what happens instead, and passes it on", async () => {
    const error = new Error("ConnectionError");
    const { lines, outcome } = await linesOf("Whisper", WHISPER, () => Promise.reject(error));
    expect(outcome).toBe(error);
    expect(lines).toEqual([
      "info: Warming up Whisper base model...",
      "error: Failed to warm up Whisper model: ConnectionError",
      "warn: Falling back to lazy loading for Whisper provider",
    ]);
  });
});
