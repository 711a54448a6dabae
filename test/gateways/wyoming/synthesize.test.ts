import { describe, expect, it } from "vitest";
import { EngineError, SessionError } from "../../../src/base/errors.js";
import { Deferred, spoken } from "../../fixtures/fake-voice.js";
import type { WireEvent } from "../../fixtures/wyoming-client.js";
import { startServer } from "../../fixtures/wyoming-server.js";
import { soundOf } from "../../fixtures/wyoming-tasks.js";

const types = (events: readonly WireEvent[]) => events.map(({ type }) => type);
/** Event types with runs of audio chunks as one. */
const outline = (events: readonly WireEvent[]) =>
  types(events).filter((type, index, all) => type !== "audio-chunk" || all[index - 1] !== type);
const FORMAT = { rate: 22_050, width: 2, channels: 1 };

describe("a synthesis over Wyoming", () => {
  it("is one audio-start, chunks of 1024 samples, one audio-stop, and the connection stays", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("synthesize", {
      text: "Hello",
      voice: { name: "thorsten", speaker: "amused", language: "en" },
    });
    const events = await client.until("audio-stop");
    expect(events[0]?.data).toEqual({ ...FORMAT, timestamp: null });
    expect(types(events)).toEqual(["audio-start", ...Array(3).fill("audio-chunk"), "audio-stop"]);
    expect(events.slice(1, -1).map(({ payload }) => payload.length)).toEqual([2048, 2048, 1024]);
    expect(events[1]?.data).toEqual({ ...FORMAT, timestamp: null });
    expect(
      soundOf(events)
        .pcm.toString("latin1")
        .replaceAll(/(.)\1{1023}/g, "$1"),
    ).toBe("Hello");
    expect(voice.syntheses[0]?.request).toEqual({
      origin: { gateway: "wyoming", peer: "127.0.0.1" },
      text: "Hello",
      voice: "thorsten",
      speaker: "amused",
    });
    client.send("synthesize", { text: "Again" });
    expect(outline(await client.until("audio-stop"))).toEqual(["audio-start", "audio-chunk", "audio-stop"]);
  });

  it.each([
    ["a language", { language: "de_DE" }, { language: "de_DE" }],
    ["a speaker without a name", { speaker: "x" }, { speaker: "x" }],
    ["nulls", { name: null, language: null, speaker: null }, {}],
    ["nothing", {}, {}],
    ["null for a voice", null, {}],
  ])("takes a voice given as %s", async (_, voiceData, expected) => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("synthesize", { text: "Hi", voice: voiceData });
    await client.until("audio-stop");
    const { origin, text, ...manner } = voice.syntheses[0]?.request ?? {};
    expect(origin && text).toBe("Hi");
    expect(manner).toEqual(expected);
  });

  it("passes on that a text is SSML", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("synthesize", { text: "<speak>Hi</speak>", text_format: "ssml" });
    await client.until("audio-stop");
    expect(voice.syntheses[0]?.request.ssml).toBe(true);
  });

  it("sends an empty group when there is nothing to say", async () => {
    const { connect } = await startServer();
    const client = await connect();
    client.send("synthesize", { text: "" });
    expect(types(await client.until("audio-stop"))).toEqual(["audio-start", "audio-stop"]);
  });

  it("makes whole frames of pieces of any size", async () => {
    async function* crumbs() {
      for (let i = 0; i < 5_000; i++) yield Buffer.from([i & 0xff]);
      yield Buffer.alloc(0);
      yield Buffer.alloc(4_001, 7);
    }
    const format = Promise.resolve({ rateHz: 16_000, widthBytes: 2, channels: 1 });
    const { connect } = await startServer({ script: { synthesize: () => ({ format, audio: crumbs() }) } });
    const client = await connect();
    client.send("synthesize", { text: "x" });
    const events = await client.until("audio-stop");
    // The last byte is half a sample, which no one could play.
    expect(soundOf(events).pcm).toEqual(
      Buffer.concat([Buffer.from(Array.from({ length: 5_000 }, (_, i) => i & 0xff)), Buffer.alloc(4_000, 7)]),
    );
    for (const { payload } of events) expect(payload.length % 2).toBe(0);
  });

  it("answers requests in their order", async () => {
    const { connect } = await startServer();
    const client = await connect();
    client.send("synthesize", { text: "A" });
    client.send("synthesize", { text: "B" });
    const first = await client.until("audio-stop");
    const second = await client.until("audio-stop");
    expect([soundOf(first).pcm[0], soundOf(second).pcm[0]]).toEqual([65, 66]);
  });

  it("ends without audio-stop when the voice breaks half-way, so that half a text is not taken for all", async () => {
    async function* breaking() {
      yield* spoken("ab");
      throw new EngineError("engine-failed", "The voice broke.");
    }
    const format = Promise.resolve({ rateHz: 16_000, widthBytes: 2, channels: 1 });
    const { connect } = await startServer({ script: { synthesize: () => ({ format, audio: breaking() }) } });
    const client = await connect();
    client.send("synthesize", { text: "x" });
    const events = await client.untilClosed();
    expect(outline(events)).toEqual(["audio-start", "audio-chunk", "error"]);
    expect(events.at(-1)?.data).toEqual({ text: "The voice broke.", code: "engine-failed" });
  });

  it("answers a voice that cannot be had with an error, then closes", async () => {
    const format = Promise.reject(new SessionError("no-model", "There is no voice for this language."));
    format.catch(() => undefined);
    const { connect } = await startServer({ script: { synthesize: () => ({ format, audio: spoken("") }) } });
    const client = await connect();
    client.send("synthesize", { text: "x" });
    expect((await client.untilClosed()).map(({ data }) => data)).toEqual([
      { text: "There is no voice for this language.", code: "no-model" },
    ]);
  });

  it("refuses a text over the limit", async () => {
    const { voice, connect } = await startServer({ limits: { textChars: 10 } });
    const client = await connect();
    client.send("synthesize", { text: "x".repeat(11) });
    expect((await client.untilClosed()).map(({ data }) => data["code"])).toEqual(["too-long"]);
    expect(voice.syntheses).toHaveLength(0);
  });

  it.each([
    ["while the voice loads", false, "end" as const],
    ["while the voice loads", false, "reset" as const],
    ["while it speaks", true, "end" as const],
    ["while it speaks", true, "reset" as const],
  ])("cancels at once when the peer hangs up %s (%s, %s)", async (_, speaks, how) => {
    async function* endless() {
      for (;;) yield Buffer.alloc(4_096);
    }
    const never = new Deferred<never>();
    const format = speaks ? Promise.resolve({ rateHz: 16_000, widthBytes: 2, channels: 1 }) : never.promise;
    const { voice, connect, log } = await startServer({
      script: { synthesize: () => ({ format, audio: endless() }) },
    });
    const client = await connect();
    client.send("synthesize", { text: "x" });
    const session = await voice.nth(voice.syntheses, 0);
    if (speaks) await client.expect("audio-start");
    client[how]();
    await session.cancelled.promise;
    await client.closed;
    expect(
      log.lines.filter(({ message }) => message !== "listening for Wyoming" && message !== "connection lost"),
    ).toEqual([]);
  });
});

describe("a streamed synthesis over Wyoming", () => {
  it("speaks each sentence when it is complete, in groups of one format, then says it stopped", async () => {
    const { voice, connect } = await startServer({
      script: {
        synthesize: ({ text, rateHz }) => ({
          format: Promise.resolve({
            rateHz: rateHz ?? (text.startsWith("The") ? 16_000 : 48_000),
            widthBytes: 2,
            channels: 1,
          }),
          audio: spoken(text),
        }),
      },
    });
    const client = await connect();
    client.send("synthesize-start", { voice: { name: "thorsten" } });
    for (const text of ["The lig", "ht is on. N"]) client.send("synthesize-chunk", { text });
    // The first sentence is spoken while the second is still being written.
    const first = await client.until("audio-stop");
    expect(first[0]?.data).toMatchObject({ rate: 16_000 });
    for (const text of ["ow the door ", "is open"]) client.send("synthesize-chunk", { text });
    client.send("synthesize", { text: "The light is on. Now the door is open", voice: { name: "thorsten" } });
    client.send("synthesize-stop");
    const rest = await client.until("synthesize-stopped");
    expect(outline(rest)).toEqual(["audio-start", "audio-chunk", "audio-stop", "synthesize-stopped"]);
    expect(rest[0]?.data).toMatchObject({ rate: 16_000 });
    expect(voice.syntheses.map(({ request }) => [request.text, request.voice, request.rateHz])).toEqual([
      ["The light is on.", "thorsten", undefined],
      ["Now the door is open", "thorsten", 16_000],
    ]);
  });

  it("sends no group for a sentence without sound, and goes on", async () => {
    const { connect } = await startServer({
      script: {
        synthesize: ({ text }) => ({
          format: Promise.resolve({ rateHz: 16_000, widthBytes: 2, channels: 1 }),
          audio: spoken(text.startsWith("*") ? "" : "x"),
        }),
      },
    });
    const client = await connect();
    client.send("synthesize-start");
    client.send("synthesize-chunk", { text: "*** *** *** ***\nThis has a sound.\n" });
    client.send("synthesize-stop");
    expect(outline(await client.until("synthesize-stopped"))).toEqual([
      "audio-start",
      "audio-chunk",
      "audio-stop",
      "synthesize-stopped",
    ]);
  });

  it.each([
    ["no text at all", []],
    ["only white space", ["  ", "\n"]],
  ])("says it stopped also after %s", async (_, pieces) => {
    const { connect } = await startServer();
    const client = await connect();
    client.send("synthesize-start");
    for (const text of pieces) client.send("synthesize-chunk", { text });
    client.send("synthesize-stop");
    expect(types(await client.until("synthesize-stopped"))).toEqual(["synthesize-stopped"]);
  });

  it("says it stopped also to a peer that never started", async () => {
    const { connect } = await startServer();
    const client = await connect();
    client.send("synthesize-chunk", { text: "lost" });
    client.send("synthesize-stop");
    await client.expect("synthesize-stopped");
  });

  it("speaks SSML in one piece", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("synthesize-start", { text_format: "ssml" });
    const pieces = ["<speak>This is one sentence. ", "This is another", " one.</speak>"];
    for (const text of pieces) client.send("synthesize-chunk", { text });
    client.send("synthesize-stop");
    await client.until("synthesize-stopped");
    expect(voice.syntheses.map(({ request }) => [request.text, request.ssml])).toEqual([
      [pieces.join(""), true],
    ]);
  });

  it("serves a plain request and another stream after a stream", async () => {
    const { connect } = await startServer();
    const client = await connect();
    for (let round = 0; round < 2; round++) {
      client.send("synthesize-start");
      client.send("synthesize-chunk", { text: "Streamed" });
      client.send("synthesize-stop");
      await client.until("synthesize-stopped");
      client.send("synthesize", { text: "Plain" });
      expect(outline(await client.until("audio-stop"))).toEqual(["audio-start", "audio-chunk", "audio-stop"]);
    }
  });

  it("answers pings and describes while it speaks", async () => {
    const goOn = new Deferred();
    async function* held() {
      yield* spoken("ab");
      await goOn.promise;
      yield* spoken("cd");
    }
    const format = Promise.resolve({ rateHz: 16_000, widthBytes: 2, channels: 1 });
    const { connect } = await startServer({ script: { synthesize: () => ({ format, audio: held() }) } });
    const client = await connect();
    client.send("synthesize-start");
    client.send("synthesize-chunk", { text: "x" });
    client.send("synthesize-stop");
    await client.until("audio-chunk");
    client.send("ping", { text: "1" });
    client.send("describe");
    expect((await client.expect("pong")).data).toEqual({ text: "1" });
    await client.expect("info");
    goOn.resolve();
    expect(outline(await client.until("synthesize-stopped"))).toEqual([
      "audio-chunk",
      "audio-stop",
      "synthesize-stopped",
    ]);
  });

  it("after an error ends the group, tells why, says it stopped and closes, before all text has come", async () => {
    async function* breaking() {
      yield* spoken("ab");
      throw new EngineError("engine-failed", "The voice broke.");
    }
    const format = Promise.resolve({ rateHz: 16_000, widthBytes: 2, channels: 1 });
    const { connect } = await startServer({ script: { synthesize: () => ({ format, audio: breaking() }) } });
    const client = await connect();
    client.send("synthesize-start");
    client.send("synthesize-chunk", { text: "One sentence is here.\n" });
    const events = await client.untilClosed();
    expect(outline(events)).toEqual([
      "audio-start",
      "audio-chunk",
      "audio-stop",
      "error",
      "synthesize-stopped",
    ]);
    expect(events.at(-2)?.data).toEqual({ text: "The voice broke.", code: "engine-failed" });
  });

  it("refuses a stream of text over the limit, and still says it stopped", async () => {
    const { connect } = await startServer({ limits: { textChars: 30 } });
    const client = await connect();
    client.send("synthesize-start");
    for (let i = 0; i < 4; i++) client.send("synthesize-chunk", { text: "0123456789" });
    const events = await client.untilClosed();
    expect(types(events)).toEqual(["error", "synthesize-stopped"]);
    expect(events[0]?.data).toMatchObject({ code: "too-long" });
  });

  it("cancels what it says and forgets the rest when the peer hangs up", async () => {
    const never = new Deferred<never>();
    const { voice, connect } = await startServer({
      script: { synthesize: () => ({ format: never.promise, audio: spoken("") }) },
    });
    const client = await connect();
    client.send("synthesize-start");
    client.send("synthesize-chunk", { text: "First sentence is here.\nSecond sentence is here.\n" });
    const session = await voice.nth(voice.syntheses, 0);
    client.end();
    await session.cancelled.promise;
    await client.closed;
    expect(voice.syntheses).toHaveLength(1);
  });

  it("drops a stream that another one replaces", async () => {
    const never = new Deferred<never>();
    const { voice, connect } = await startServer({
      script: {
        synthesize: ({ text }) => ({
          format: text.startsWith("Old")
            ? never.promise
            : Promise.resolve({ rateHz: 8_000, widthBytes: 2, channels: 1 }),
          audio: spoken("x"),
        }),
      },
    });
    const client = await connect();
    client.send("synthesize-start");
    client.send("synthesize-chunk", { text: "Old text is here.\nOld text is here.\n" });
    const old = await voice.nth(voice.syntheses, 0);
    client.send("synthesize-start");
    await old.cancelled.promise;
    client.send("synthesize-chunk", { text: "New text" });
    client.send("synthesize-stop");
    expect(outline(await client.until("synthesize-stopped"))).toEqual([
      "audio-start",
      "audio-chunk",
      "audio-stop",
      "synthesize-stopped",
    ]);
  });
});
