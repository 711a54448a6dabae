import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { readWav, writeWav } from "../../../src/audio/wav.js";
import { SessionError } from "../../../src/base/errors.js";
import { httpHouse, problemOf } from "../../fixtures/http-house.js";

const FORMAT = { rateHz: 16_000, widthBytes: 2, channels: 1 } as const;
const WAV = Buffer.from(writeWav(FORMAT, Buffer.alloc(3200, 1)));
const asJson = (value: unknown) => ({
  headers: { "content-type": "application/json; charset=utf-8" },
  body: typeof value === "string" ? value : JSON.stringify(value),
});

describe("POST /api/transcribe", () => {
  it("turns a WAV file into text", async () => {
    const { post, voice } = await httpHouse();
    const response = await post("/api/transcribe?model=tiny&language=de", { body: WAV });
    expect(await response.json()).toEqual({
      text: "heard 3200 bytes",
      model: "whisper/tiny",
      language: "de",
    });
    expect(voice.transcriptions[0]?.request).toMatchObject({ origin: { gateway: "http" } });
    expect(voice.transcriptions[0]?.heard.formats).toEqual([FORMAT]);
  });

  it.each(["audio/wav", "audio/x-wav", "application/octet-stream", "application/x-www-form-urlencoded"])(
    "takes a file that is called %s, as programs do",
    async (type) => {
      const { post } = await httpHouse();
      const response = await post("/api/transcribe", { body: WAV, headers: { "content-type": type } });
      expect(response.status).toBe(200);
    },
  );

  it.each(["multipart/form-data; boundary=x", "application/json"])(
    "refuses %s and says what to send",
    async (type) => {
      const { post, voice } = await httpHouse();
      const problem = await problemOf(
        await post("/api/transcribe", { body: WAV, headers: { "content-type": type } }),
      );
      expect(problem).toMatchObject({ status: 415, code: "wrong-content-type" });
      expect(problem.message).toContain("--data-binary");
      expect(voice.transcriptions).toEqual([]);
    },
  );

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["text", Buffer.from("hello, this is no WAV file at all")],
    ["a WAV file cut off in its header", WAV.subarray(0, 30)],
  ])("refuses %s as audio", async (_, body) => {
    const { post, voice } = await httpHouse();
    expect(await problemOf(await post("/api/transcribe", { body }))).toMatchObject({
      status: 415,
      code: "unsupported-audio",
    });
    expect(voice.transcriptions).toEqual([]);
  });

  it("refuses a model nobody knows, or one that speaks, in place of taking another", async () => {
    const { post, voice } = await httpHouse();
    for (const model of ["nope", "espeak"]) {
      const problem = await problemOf(await post(`/api/transcribe?model=${model}`, { body: WAV }));
      expect(problem).toMatchObject({ status: 404, code: "config-unknown-model" });
    }
    expect(voice.transcriptions).toEqual([]);
  });

  it("refuses a file by its stated length before any of it has come", async () => {
    const { port } = await httpHouse();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request({
        port,
        method: "POST",
        path: "/api/transcribe",
        headers: { "content-length": 33 * 1024 * 1024 },
      });
      sending.on("response", (response) => resolve(response.statusCode)).on("error", reject);
      sending.flushHeaders();
    });
    expect(status).toBe(413);
  });

  it("refuses a file of unstated length once it has grown too long", async () => {
    const { port } = await httpHouse();
    const piece = Buffer.alloc(1024 * 1024);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request({ port, method: "POST", path: "/api/transcribe" });
      let answered = false;
      sending.on("response", (response) => {
        answered = true;
        response.resume();
        resolve(response.statusCode);
      });
      sending.on("error", (error) => {
        if (!answered) reject(error);
      });
      const send = (left: number): void => {
        if (left > 0 && !answered) sending.write(piece, () => send(left - 1));
        else sending.end();
      };
      send(40);
    });
    expect(status).toBe(413);
  });

  it("cancels the session of a client that hangs up", async () => {
    const { port, voice, log } = await httpHouse({ transcribe: () => new Promise(() => undefined) });
    const sending = request({ port, method: "POST", path: "/api/transcribe" });
    sending.on("error", () => undefined);
    sending.end(WAV);
    const session = await voice.nth(voice.transcriptions, 0);
    await session.heard.atLeast(3200);
    sending.destroy();
    await session.cancelled.promise;
    expect(session.isCancelled).toBe(true);
    expect(log.lines).toEqual([]);
  });

  it("lets go of a session that failed", async () => {
    const { post, voice } = await httpHouse({
      transcribe: () => Promise.reject(new SessionError("deadline", "No text after 5 s.")),
    });
    expect(await problemOf(await post("/api/transcribe", { body: WAV }))).toEqual({
      status: 504,
      code: "deadline",
      message: "No text after 5 s.",
    });
    expect(voice.transcriptions[0]?.isCancelled).toBe(true);
  });
});

describe("POST /api/say", () => {
  it("answers with a WAV file", async () => {
    const { post, voice } = await httpHouse();
    const response = await post(
      "/api/say",
      asJson({ text: "hi", voice: "espeak", language: "en", speaker: "x" }),
    );
    expect(response.headers.get("content-type")).toBe("audio/wav");
    const { format, pcm } = readWav(new Uint8Array(await response.arrayBuffer()));
    expect(format).toEqual({ rateHz: 22_050, widthBytes: 2, channels: 1 });
    expect(pcm.length).toBe(2048);
    expect(voice.syntheses[0]?.request).toMatchObject({
      text: "hi",
      voice: "espeak/espeak-ng",
      language: "en",
      speaker: "x",
    });
  });

  it("takes empty names and auto as none", async () => {
    const { post, voice } = await httpHouse();
    await post("/api/say", asJson({ text: "hi", voice: "auto", language: "", speaker: null }));
    expect(Object.keys(voice.syntheses[0]?.request ?? {})).toEqual(["origin", "text"]);
  });

  it.each([
    ["no JSON", "{"],
    ["a list", []],
    ["no text", {}],
    ["an empty text", { text: "  " }],
    ["a text that is a number", { text: 1 }],
    ["a text that is too long", { text: "a".repeat(20_001) }],
    ["a language that is no text", { text: "hi", language: 1 }],
    ["an endless speaker", { text: "hi", speaker: "a".repeat(201) }],
  ])("refuses %s", async (_, body) => {
    const { post, voice } = await httpHouse();
    expect(await problemOf(await post("/api/say", asJson(body)))).toMatchObject({
      status: 400,
      code: "bad-request",
    });
    expect(voice.syntheses).toEqual([]);
  });

  it("refuses a form, which a page of another site could send unasked", async () => {
    const { post } = await httpHouse();
    expect(await problemOf(await post("/api/say", { body: '{"text":"hi"}' }))).toMatchObject({
      status: 415,
      code: "wrong-content-type",
    });
  });

  it("refuses a body that is larger than any text", async () => {
    const { post } = await httpHouse();
    const response = await post("/api/say", asJson({ text: "hi", padding: "a".repeat(200_000) }));
    expect(await problemOf(response)).toMatchObject({ status: 413, code: "too-large" });
  });

  it("refuses a voice nobody knows", async () => {
    const { post } = await httpHouse();
    expect(await problemOf(await post("/api/say", asJson({ text: "hi", voice: "nope" })))).toMatchObject({
      status: 404,
      code: "config-unknown-model",
    });
  });
});
