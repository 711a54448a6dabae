import { describe, expect, it } from "vitest";
import type { FakeVoice } from "../../fixtures/fake-voice.js";
import {
  DESCRIBE,
  HEALTH_CHECK,
  SATELLITE,
  STREAMED_TTS,
  STT,
  type Step,
  TTS,
  WAKE,
} from "../../fixtures/home-assistant.js";
import { manifest } from "../../fixtures/manifests.js";
import type { WireEvent, WyomingClient } from "../../fixtures/wyoming-client.js";
import { startServer } from "../../fixtures/wyoming-server.js";

/** Plays the steps; returns all that the server sent meanwhile. */
async function play(client: WyomingClient, steps: readonly Step[]): Promise<WireEvent[]> {
  const events: WireEvent[] = [];
  for (const step of steps) {
    if ("send" in step) client.sendRaw(step.send);
    else events.push(...(await client.until(step.awaits)));
  }
  return events;
}

/** Hears the word in every stream of audio, in its third chunk. */
async function hearAlways(voice: FakeVoice, streams: number): Promise<void> {
  for (let n = 0; n < streams; n++) {
    const wake = await voice.nth(voice.wakes, n);
    await wake.heard.atLeast(10 * 2048);
    wake.hit("hey_jarvis", 180);
  }
}

describe("Home Assistant", () => {
  it("learns what there is, and so does a health check", async () => {
    const { connect } = await startServer();
    for (const steps of [DESCRIBE, HEALTH_CHECK]) {
      const [info] = await play(await connect(), steps);
      expect(Object.keys(info?.data ?? {})).toEqual(["asr", "tts", "handle", "intent", "wake", "mic", "snd"]);
    }
  });

  it("gets the answer to a health check that closes its side at once", async () => {
    const models = Array.from({ length: 300 }, (_, n) =>
      manifest({ id: `piper/voice-${n}`, capability: "tts" }),
    );
    const { connect } = await startServer({ models: () => models });
    const client = await connect();
    client.sendRaw('{ "type": "describe" }\n');
    client.end();
    expect((await client.untilClosed()).map(({ type }) => type)).toEqual(["info"]);
  });

  it("gets a transcript", async () => {
    const { voice, connect } = await startServer();
    const events = await play(await connect(), STT);
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ["transcript", { text: "heard 40960 bytes", language: "ru" }],
    ]);
    expect(voice.transcriptions[0]?.heard.formats[19]).toEqual({
      rateHz: 16_000,
      widthBytes: 2,
      channels: 1,
    });
  });

  it("gets speech", async () => {
    const { voice, connect } = await startServer();
    const events = await play(await connect(), TTS);
    expect(events.at(0)?.type).toBe("audio-start");
    expect(events.filter(({ type }) => type !== "audio-chunk").map(({ type }) => type)).toEqual([
      "audio-start",
      "audio-stop",
    ]);
    expect(voice.syntheses[0]?.request).toMatchObject({
      text: "Свет включён.",
      voice: "de_DE-thorsten-medium",
    });
  });

  it("gets streamed speech, said once although the text came twice", async () => {
    const { voice, connect } = await startServer();
    const events = await play(await connect(), STREAMED_TTS);
    expect(voice.syntheses.map(({ request }) => request.text)).toEqual([
      "Das Licht ist an.",
      "Die Tür ist offen.",
    ]);
    expect(events.filter(({ type }) => type !== "audio-chunk").map(({ type }) => type)).toEqual([
      "audio-start",
      "audio-stop",
      "audio-start",
      "audio-stop",
      "synthesize-stopped",
    ]);
    const formats = events.filter(({ type }) => type === "audio-start").map(({ data }) => data);
    expect(formats[1]).toEqual(formats[0]);
  });

  it("gets a detection with the timestamp of its chunk", async () => {
    const { voice, connect } = await startServer();
    const client = await connect();
    const [, events] = await Promise.all([hearAlways(voice, 1), play(client, WAKE)]);
    expect(events.map(({ data }) => data)).toEqual([{ name: "hey_jarvis", timestamp: 128, speaker: null }]);
    client.end();
    await voice.wakes[0]?.closed.promise;
  });

  it("can be a satellite that keeps one connection for all its wake words", async () => {
    const { voice, connect } = await startServer();
    const [, events] = await Promise.all([hearAlways(voice, 4), play(await connect(), SATELLITE)]);
    expect(events.map(({ type }) => type)).toEqual(["info", ...Array(4).fill(["detection", "pong"]).flat()]);
    expect(events.filter(({ type }) => type === "detection").map(({ data }) => data["timestamp"])).toEqual([
      128, 10_128, 20_128, 30_128,
    ]);
    expect(events.filter(({ type }) => type === "pong").map(({ data }) => data)).toEqual(
      Array(4).fill({ text: null }),
    );
  });
});
