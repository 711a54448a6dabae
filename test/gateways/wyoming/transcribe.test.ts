import { describe, expect, it } from "vitest";
import { EngineError, SessionError } from "../../../src/base/errors.js";
import { Deferred } from "../../fixtures/fake-voice.js";
import { manifest } from "../../fixtures/manifests.js";
import type { WireEvent } from "../../fixtures/wyoming-client.js";
import { startServer } from "../../fixtures/wyoming-server.js";

const SPEECH = { rate: 16_000, width: 2, channels: 1 };
const PCM = Buffer.alloc(32_000, 1);
const plain = (events: readonly WireEvent[]) => events.map(({ type, data }) => ({ type, data }));

describe("a transcription over Wyoming", () => {
  it("answers with the text, then closes", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("transcribe", { language: "ru" });
    await client.sendAudio(SPEECH, PCM);
    expect(plain(await client.untilClosed())).toEqual([
      { type: "transcript", data: { text: "heard 32000 bytes", language: "ru" } },
    ]);
    expect(voice.transcriptions).toHaveLength(1);
    expect(voice.transcriptions[0]?.heard.bytes).toEqual(PCM);
    expect(voice.transcriptions[0]?.request).toMatchObject({
      origin: { gateway: "wyoming", peer: "127.0.0.1" },
      language: "ru",
    });
    expect(voice.transcriptions[0]?.request.endpointing).toBeUndefined();
  });

  it("tells who answered, and why, when it was not the wanted model", async () => {
    const degraded = "Vosk answers instead of Whisper. Its file is broken.";
    const { connect } = await startServer({
      script: { transcribe: async () => ({ text: "hello", model: "vosk/small", degraded }) },
    });
    const client = await connect();
    client.send("transcribe");
    await client.sendAudio(SPEECH, PCM);
    expect((await client.expect("transcript")).data).toEqual({
      text: "hello",
      context: { model: "vosk/small", degraded },
    });
  });

  it("asks for the default language when the peer sends audio without a word", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    await client.sendAudio(SPEECH, PCM);
    expect((await client.expect("transcript")).data).toEqual({ text: "heard 32000 bytes" });
    expect(voice.transcriptions[0]?.request).not.toHaveProperty("language");
    expect(voice.transcriptions[0]?.request).not.toHaveProperty("model");
  });

  it.each([
    ["audio-start and audio-stop", ["transcribe", "audio-start", "audio-stop"]],
    ["only audio-stop after the request", ["transcribe", "audio-stop"]],
    ["only audio-stop", ["audio-stop"]],
  ])("answers an empty text when no audio came: %s", async (_, types) => {
    const { connect } = await startServer();
    const client = await connect();
    for (const type of types) client.send(type, type === "audio-start" ? SPEECH : {});
    expect(plain(await client.untilClosed())).toEqual([{ type: "transcript", data: { text: "" } }]);
  });

  it("answers an empty text when all chunks were empty", async () => {
    const { connect } = await startServer();
    const client = await connect();
    client.send("transcribe");
    client.send("audio-start", SPEECH);
    client.send("audio-chunk", SPEECH);
    client.send("audio-stop");
    expect((await client.expect("transcript")).data).toEqual({ text: "" });
  });

  it("passes on the model and the words asked for, names before terms", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("transcribe", {
      name: "tiny",
      language: null,
      transcript_terms: ["dimmer"],
      transcript_names: ["Kitchen", "Hall"],
      vad_sensitivity: "relaxed",
      context: { conversation: 1 },
    });
    await client.sendAudio(SPEECH, PCM);
    await client.expect("transcript");
    const { request } = await voice.nth(voice.transcriptions, 0);
    expect(request).toMatchObject({ model: "tiny", terms: ["Kitchen", "Hall", "dimmer"] });
    expect(request).not.toHaveProperty("language");
  });

  it("believes each chunk's own format and takes audio without audio-start", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("audio-start", { rate: 8_000, width: 2, channels: 1 });
    client.send("audio-chunk", { rate: 44_100, width: 2, channels: 2 }, PCM);
    client.send("audio-stop");
    await client.expect("transcript");
    expect(voice.transcriptions[0]?.heard.formats).toEqual([{ rateHz: 44_100, widthBytes: 2, channels: 2 }]);
    const other = await connect();
    other.send("audio-chunk", SPEECH, PCM);
    other.send("audio-stop");
    await other.expect("transcript");
    expect(voice.transcriptions[1]?.heard.bytes).toHaveLength(PCM.length);
  });

  it("begins anew at another audio-start and drops what came before", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("transcribe", { language: "de" });
    await client.sendAudio(SPEECH, PCM, { stop: false });
    await client.sendAudio(SPEECH, PCM.subarray(0, 100));
    expect((await client.expect("transcript")).data).toEqual({ text: "heard 100 bytes", language: "de" });
    expect(voice.transcriptions[0]?.isCancelled).toBe(true);
    expect(voice.transcriptions[0]?.isFinished).toBe(false);
  });

  it("surrounds the text with the events of a streamed transcript only when that was promised", async () => {
    const { connect, port } = await startServer({ options: { transcriptStreaming: true } });
    expect(port).toBeGreaterThan(0);
    const client = await connect();
    client.send("transcribe", { language: "en" });
    await client.sendAudio(SPEECH, PCM);
    const language = "en";
    expect(plain(await client.untilClosed())).toEqual([
      { type: "transcript-start", data: { language } },
      { type: "transcript-chunk", data: { text: "heard 32000 bytes" } },
      { type: "transcript", data: { text: "heard 32000 bytes", language } },
      { type: "transcript-stop", data: {} },
    ]);
  });

  it("streams what is settled while audio still comes, each piece of the text once", async () => {
    const { voice, connect } = await startServer({ options: { transcriptStreaming: true } });
    const client = await connect();
    client.send("transcribe", { language: "en" });
    await client.sendAudio(SPEECH, PCM, { stop: false });
    const session = await voice.nth(voice.transcriptions, 0);
    for (const text of ["heard", "heard", "heard 32000"]) session.request.onSettled?.(text);
    const early = [await client.expect("transcript-start"), await client.expect("transcript-chunk")];
    expect(early.map(({ data }) => data)).toEqual([{ language: "en" }, { text: "heard" }]);
    await session.heard.atLeast(PCM.length);
    client.send("audio-stop");
    expect(plain(await client.untilClosed())).toEqual([
      { type: "transcript-chunk", data: { text: " 32000" } },
      { type: "transcript-chunk", data: { text: " bytes" } },
      { type: "transcript", data: { text: "heard 32000 bytes", language: "en" } },
      { type: "transcript-stop", data: {} },
    ]);
  });

  it("tells the right text at the end where another model had to answer in the midst of it", async () => {
    const { voice, connect } = await startServer({ options: { transcriptStreaming: true } });
    const client = await connect();
    await client.sendAudio(SPEECH, PCM, { stop: false });
    const session = await voice.nth(voice.transcriptions, 0);
    session.request.onSettled?.("herd");
    await session.heard.atLeast(PCM.length);
    client.send("audio-stop");
    expect(plain(await client.untilClosed())).toEqual([
      { type: "transcript-start", data: {} },
      { type: "transcript-chunk", data: { text: "herd" } },
      { type: "transcript", data: { text: "heard 32000 bytes" } },
      { type: "transcript-stop", data: {} },
    ]);
  });

  it("asks for no settled text where none is to be streamed", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    await client.sendAudio(SPEECH, PCM);
    expect((await voice.nth(voice.transcriptions, 0)).request).not.toHaveProperty("onSettled");
  });

  it("streams no chunk for an empty text", async () => {
    const { connect } = await startServer({ options: { transcriptStreaming: true } });
    const client = await connect();
    client.send("audio-stop");
    expect((await client.untilClosed()).map(({ type }) => type)).toEqual([
      "transcript-start",
      "transcript",
      "transcript-stop",
    ]);
  });

  it("answers early when speech ends, with audio still coming, and closes without a reset", async () => {
    const { voice, connect } = await startServer({ options: { endpointing: true } });
    const client = await connect();
    client.send("transcribe", { language: "en" });
    await client.sendAudio(SPEECH, PCM, { stop: false });
    const session = await voice.nth(voice.transcriptions, 0);
    expect(session.request.endpointing).toBe(true);
    await session.heard.atLeast(PCM.length);
    session.request.onEndOfSpeech?.();
    await client.sendAudio(SPEECH, PCM, { start: false, stop: false });
    expect(plain(await client.untilClosed())).toEqual([
      { type: "transcript", data: { text: "heard 32000 bytes", language: "en" } },
    ]);
  });

  it.each([
    ["relaxed", 1.25],
    ["aggressive", 0.25],
    ["default", undefined],
    ["something newer", undefined],
    ["constructor", undefined],
  ])("waits for as long a silence as the peer's sensitivity %s means", async (sensitivity, seconds) => {
    const { voice, connect } = await startServer({ options: { endpointing: true } });
    const client = await connect();
    client.send("transcribe", { vad_sensitivity: sensitivity });
    await client.sendAudio(SPEECH, PCM);
    expect((await voice.nth(voice.transcriptions, 0)).request.endSilenceSeconds).toBe(seconds);
  });

  it("leaves the sensitivity to the peer that looks for the end of speech itself", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("transcribe", { vad_sensitivity: "relaxed" });
    await client.sendAudio(SPEECH, PCM);
    expect((await voice.nth(voice.transcriptions, 0)).request).not.toHaveProperty("endSilenceSeconds");
  });

  it("answers once when speech ends just as the peer stops", async () => {
    const { voice, connect } = await startServer({ options: { endpointing: true } });
    const client = await connect();
    await client.sendAudio(SPEECH, PCM, { stop: false });
    const session = await voice.nth(voice.transcriptions, 0);
    session.request.onEndOfSpeech?.();
    session.request.onEndOfSpeech?.();
    client.send("audio-stop");
    expect((await client.untilClosed()).map(({ type }) => type)).toEqual(["transcript"]);
  });

  it.each([
    ["end", "end" as const],
    ["reset", "reset" as const],
  ])("cancels at once when the peer hangs up with %s while the model works", async (_, how) => {
    const never = new Deferred<never>();
    const { voice, connect, log } = await startServer({ script: { transcribe: () => never.promise } });
    const client = await connect();
    await client.sendAudio(SPEECH, PCM);
    const session = await voice.nth(voice.transcriptions, 0);
    await session.heard.atLeast(PCM.length);
    client[how]();
    await session.cancelled.promise;
    await client.closed;
    expect(log.lines.filter(({ level }) => level !== "debug" && level !== "info")).toEqual([]);
    expect(log.lines.filter(({ message }) => message === "request failed")).toEqual([]);
  });

  it("cancels when the peer hangs up in the middle of the audio", async () => {
    const { voice, connect, log } = await startServer();
    const client = await connect();
    await client.sendAudio(SPEECH, PCM, { stop: false });
    const session = await voice.nth(voice.transcriptions, 0);
    await session.heard.atLeast(PCM.length);
    client.reset();
    await session.cancelled.promise;
    expect(session.isFinished).toBe(false);
    expect(log.lines.filter(({ level }) => level === "error" || level === "warn")).toEqual([]);
  });

  it.each([
    [
      "an engine's failure",
      new EngineError("engine-failed", "The engine gave up."),
      "engine-failed",
      "The engine gave up.",
    ],
    ["a missed deadline", new SessionError("deadline", "Too late."), "deadline", "Too late."],
    [
      "a mistake of ours",
      new TypeError("x is not a function"),
      "internal",
      expect.stringContaining("internal error"),
    ],
  ])("answers %s with an error, then closes", async (_, error, code, text) => {
    const { connect, log } = await startServer({ script: { transcribe: () => Promise.reject(error) } });
    const client = await connect();
    await client.sendAudio(SPEECH, PCM);
    expect(plain(await client.untilClosed())).toEqual([{ type: "error", data: { text, code } }]);
    expect(log.lines.filter(({ level }) => level === "error")).toHaveLength(code === "internal" ? 1 : 0);
  });

  it.each([
    ["too-long", new SessionError("too-long", "The audio is longer than 5 s.")],
    ["unsupported-audio", new SessionError("unsupported-audio", "The audio has 9 channels.")],
  ] as const)(
    "answers audio that the session refuses (%s) with an error, then closes",
    async (code, error) => {
      const accept = () => {
        throw error;
      };
      const { voice, connect } = await startServer({ script: { accept } });
      const client = await connect();
      await client.sendAudio(SPEECH, PCM);
      expect(plain(await client.untilClosed())).toEqual([
        { type: "error", data: { text: error.message, code } },
      ]);
      expect(voice.transcriptions[0]?.isCancelled).toBe(true);
    },
  );

  it("refuses more audio than the limit, however it is cut", async () => {
    const { connect } = await startServer({ limits: { audioSeconds: 1.5 } });
    const client = await connect();
    await client.sendAudio(SPEECH, Buffer.alloc(64_000), { chunkMs: 100 });
    expect(plain(await client.untilClosed())).toEqual([
      { type: "error", data: { text: expect.stringMatching(/1\.5 s/), code: "too-long" } },
    ]);
  });

  it.each([
    ["a rate of zero", { ...SPEECH, rate: 0 }],
    ["a rate that is text", { ...SPEECH, rate: "16000" }],
    ["no width", { rate: 16_000, channels: 1 }],
    ["negative channels", { ...SPEECH, channels: -1 }],
  ])("refuses a chunk with %s as malformed", async (_, format) => {
    const { connect } = await startServer();
    const client = await connect();
    client.send("audio-chunk", format, PCM);
    expect((await client.expect("error")).data).toMatchObject({ code: "malformed-frame" });
    expect(await client.next()).toBeUndefined();
  });

  it("listens for wake words instead when there is nothing to recognize speech with", async () => {
    const { voice, connect } = await startServer({
      models: () => [manifest({ id: "openwakeword/alexa", capability: "wake" })],
    });
    const client = await connect();
    await client.sendAudio(SPEECH, PCM);
    await client.expect("not-detected");
    expect(voice.transcriptions).toHaveLength(0);
    expect(voice.wakes[0]?.request.words).toEqual([]);
  });
});
