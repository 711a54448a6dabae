import { describe, expect, it } from "vitest";
import { EngineError } from "../../../src/base/errors.js";
import { Deferred } from "../../fixtures/fake-voice.js";
import { startServer } from "../../fixtures/wyoming-server.js";

const SPEECH = { rate: 16_000, width: 2, channels: 1 };
const SECOND = Buffer.alloc(32_000);

describe("wake words over Wyoming", () => {
  it("echoes the timestamp of the chunk in which the word was heard, and keeps listening", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("detect", { names: ["hey_jarvis"] });
    client.send("audio-start", { ...SPEECH, timestamp: 5_000 });
    // Four chunks of 250 ms on the peer's own clock, which jumps.
    for (const timestamp of [5_000, 5_250, 9_000, 9_250]) {
      client.send("audio-chunk", { ...SPEECH, timestamp }, Buffer.alloc(8_000));
    }
    const wake = await voice.nth(voice.wakes, 0);
    await wake.heard.atLeast(32_000);
    wake.hit("hey_jarvis", 640);
    wake.hit("hey_jarvis", 1_000);
    expect((await client.expect("detection")).data).toEqual({
      name: "hey_jarvis",
      timestamp: 9_000,
      speaker: null,
    });
    expect((await client.expect("detection")).data).toMatchObject({ timestamp: 9_250 });
    expect(wake.isClosed).toBe(false);
    expect(wake.request).toMatchObject({
      origin: { gateway: "wyoming", peer: "127.0.0.1" },
      words: ["hey_jarvis"],
    });
  });

  it("counts milliseconds itself when the peer gives no timestamps", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("detect");
    await client.sendAudio(SPEECH, SECOND, { stop: false, timestamps: false });
    const wake = await voice.nth(voice.wakes, 0);
    await wake.heard.atLeast(SECOND.length);
    wake.hit("alexa", 812.4);
    expect((await client.expect("detection")).data).toMatchObject({ name: "alexa", timestamp: 812 });
  });

  it.each([
    ["null", null],
    ["an empty list", []],
  ])("listens for every word when asked for %s", async (_, names) => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("detect", { names });
    client.send("audio-start", SPEECH);
    expect((await voice.nth(voice.wakes, 0)).request.words).toEqual([]);
  });

  it("ignores words nobody knows, and reports no word that was not asked for", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("detect", { names: ["alexa", "hey_sunshine"] });
    await client.sendAudio(SPEECH, SECOND, { stop: false });
    const wake = await voice.nth(voice.wakes, 0);
    expect(wake.request.words).toEqual(["alexa"]);
    wake.hit("hey_jarvis", 100);
    wake.hit("alexa", 200);
    expect((await client.expect("detection")).data).toMatchObject({ name: "alexa" });
  });

  it("hears nothing when only unknown words were asked for", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("detect", { names: ["hey_sunshine"] });
    await client.sendAudio(SPEECH, SECOND);
    await client.expect("not-detected");
    expect(voice.wakes).toHaveLength(0);
  });

  it("says not-detected at the end of the audio, after the last of it was listened to", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("detect");
    client.send("audio-start", SPEECH);
    const wake = await voice.nth(voice.wakes, 0);
    const listened = new Deferred();
    wake.finishing = listened.promise;
    await client.sendAudio(SPEECH, SECOND, { start: false });
    await wake.heard.atLeast(SECOND.length);
    client.send("ping", { text: "still there" });
    await client.expect("pong");
    listened.resolve();
    await client.expect("not-detected");
    expect(wake.isClosed).toBe(true);
  });

  it("says no not-detected after a detection, also one in the last of the audio", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("detect");
    client.send("audio-start", SPEECH);
    const wake = await voice.nth(voice.wakes, 0);
    const listened = new Deferred();
    wake.finishing = listened.promise;
    await client.sendAudio(SPEECH, SECOND, { start: false });
    await wake.heard.atLeast(SECOND.length);
    wake.hit("alexa", 900);
    listened.resolve();
    await client.expect("detection");
    await wake.closed.promise;
    client.send("ping", { text: "and?" });
    await client.expect("pong");
  });

  it("arms again at every audio-start of a long-lived connection", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("detect", { names: ["alexa"] });
    for (let round = 0; round < 5; round++) {
      await client.sendAudio(SPEECH, SECOND, { stop: false });
      const wake = await voice.nth(voice.wakes, round);
      await wake.heard.atLeast(SECOND.length);
      wake.hit("alexa", 300);
      await client.expect("detection");
      if (round % 2 === 0) client.send("audio-stop");
      // Without `detect`: the names asked for once stay.
      else client.send("detect", { names: ["alexa"] });
    }
    expect(voice.wakes.map(({ request }) => request.words)).toEqual(Array(5).fill(["alexa"]));
    await client.sendAudio(SPEECH, SECOND, { stop: false });
    await voice.nth(voice.wakes, 5);
    expect(voice.wakes.map(({ isClosed }) => isClosed)).toEqual([true, true, true, true, true, false]);
  });

  it("tells nobody of a word heard in audio that is over", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("detect");
    await client.sendAudio(SPEECH, SECOND, { stop: false });
    const first = await voice.nth(voice.wakes, 0);
    client.send("audio-start", SPEECH);
    await first.closed.promise;
    first.hit("alexa", 100);
    const second = await voice.nth(voice.wakes, 1);
    second.hit("hey_jarvis", 0);
    expect((await client.expect("detection")).data).toMatchObject({ name: "hey_jarvis" });
  });

  it("closes the session when the peer goes, and tells the peer of its failure", async () => {
    const { voice, connect } = await startServer();
    const gone = await connect();
    gone.send("detect");
    gone.send("audio-start", SPEECH);
    const wake = await voice.nth(voice.wakes, 0);
    gone.end();
    await wake.closed.promise;

    const client = await connect();
    client.send("detect");
    client.send("audio-start", SPEECH);
    (await voice.nth(voice.wakes, 1)).request.onError(
      new EngineError("engine-failed", "The detector broke."),
    );
    expect((await client.untilClosed()).map(({ data }) => data)).toEqual([
      { text: "The detector broke.", code: "engine-failed" },
    ]);
  });

  it("goes from wake words to speech on one connection", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    client.send("detect");
    await client.sendAudio(SPEECH, SECOND, { stop: false });
    const wake = await voice.nth(voice.wakes, 0);
    client.send("transcribe", { language: "en" });
    await client.sendAudio(SPEECH, SECOND);
    await client.expect("transcript");
    expect(wake.isClosed).toBe(true);
  });
});
