import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { SatelliteServer } from "../../../src/gateways/wyoming/satellite-server.js";
import { boardOn } from "../../fixtures/board-house.js";
import { FakeVoices, type FakeVoicesScript } from "../../fixtures/fake-voices.js";
import { HAS_PULSE, loudSeconds, PULSE_NEEDED, PulseServer } from "../../fixtures/pulse-server.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";
import { WyomingClient } from "../../fixtures/wyoming-client.js";
import { PROGRAM } from "../../fixtures/wyoming-server.js";

const PATIENT = { timeout: 60_000, interval: 50 };
const ANSWER = { rate: 22_050, width: 2, channels: 1 };

function tone(seconds: number, rateHz: number): Buffer {
  const pcm = Buffer.alloc(2 * Math.round(seconds * rateHz));
  for (let n = 0; n < pcm.length / 2; n++)
    pcm.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * 440 * n) / rateHz)), n * 2);
  return pcm;
}

/** Home Assistant's side is played by hand, as its Wyoming integration leads a satellite. */
describe.skipIf(!HAS_PULSE)(`the board as a Wyoming satellite${PULSE_NEEDED}`, () => {
  let server: PulseServer;
  beforeAll(async () => {
    server = await PulseServer.start();
  });
  afterAll(() => server?.stop());

  async function adopted(script: FakeVoicesScript = {}, words: readonly string[] = ["hey_jarvis"]) {
    const { board, heard, forget } = boardOn(server, ["pulse"]);
    const voice = new FakeVoices(script);
    const satellite = new SatelliteServer({
      board,
      voice,
      clock: systemClock,
      log: recordingLogger(),
      wakeWords: () => words,
      options: { host: "127.0.0.1", port: 0, name: "Irene desk", program: PROGRAM },
    });
    await satellite.start();
    onTestFinished(() => satellite.close());
    board.start();
    const connect = async () => {
      const client = await WyomingClient.connect(satellite.port);
      onTestFinished(() => client.destroy());
      return client;
    };
    const home = await connect();
    return { board, voice, satellite, home, connect, heard, forget };
  }
  /** Waits for an event of the type; those before it of other types are passed over. */
  const until = async (client: WyomingClient, type: string) => {
    for (;;) {
      const event = await client.next();
      if (!event) throw new Error(`the end instead of ${type}`);
      if (event.type === type) return event;
    }
  };
  const WOKEN: FakeVoicesScript = { wake: { word: "hey_jarvis", afterBytes: 16_000 } };

  it("says that it is a satellite and nothing else, and answers pings", async () => {
    const { home } = await adopted();
    home.send("describe");
    const { data } = await home.expect("info");
    expect(data).toMatchObject({
      asr: [],
      tts: [],
      wake: [],
      satellite: {
        name: "Irene desk",
        installed: true,
        active_wake_words: ["hey_jarvis"],
        supports_trigger: false,
      },
    });
    home.send("ping", { text: "there?" });
    expect((await home.expect("pong")).data).toMatchObject({ text: "there?" });
  });

  it("asks for a pipeline when it is woken, and sends what is said until it was understood", async () => {
    const { board, home } = await adopted(WOKEN);
    home.send("run-satellite");
    expect((await until(home, "detection")).data).toMatchObject({ name: "hey_jarvis" });
    expect((await home.expect("run-pipeline")).data).toMatchObject({
      start_stage: "asr",
      end_stage: "tts",
      restart_on_end: false,
      wake_word_name: "hey_jarvis",
    });
    await home.expect("streaming-started");
    const { data, payload } = await home.expect("audio-chunk");
    expect(data).toMatchObject({ rate: 16_000, width: 2, channels: 1, timestamp: 0 });
    expect(payload.length).toBeGreaterThan(0);
    expect(board.snapshot().state).toBe("listening");
    home.send("voice-stopped", { timestamp: 1_200 });
    home.send("transcript", { text: "turn on the lamp" });
    await until(home, "streaming-stopped");
    expect(board.snapshot().state).toBe("thinking");
  });

  it("plays the answer to its end and says so", async () => {
    const { board, home } = await adopted();
    const recording = server.record();
    await vi.waitFor(() => expect(recording.bytes()).toBeGreaterThan(0), PATIENT);
    home.send("run-satellite");
    await home.sendAudio(ANSWER, tone(1, ANSWER.rate));
    await until(home, "played");
    await vi.waitFor(() => expect(board.snapshot().state).toBe("idle"), PATIENT);
    const atEnd = recording.bytes();
    await vi.waitFor(() => expect(recording.bytes()).toBeGreaterThan(atEnd + 32_000), PATIENT);
    const seconds = loudSeconds(await recording.stop());
    expect(seconds).toBeGreaterThan(0.9);
    expect(seconds).toBeLessThan(1.3);
  });

  it("can be interrupted by the wake word", async () => {
    const { home, voice } = await adopted();
    home.send("run-satellite");
    await home.sendAudio(ANSWER, tone(60, ANSWER.rate));
    voice.change(WOKEN);
    await until(home, "detection");
    await until(home, "played");
  });

  it("leaves wake words to Home Assistant where none is heard here, and streams all the time", async () => {
    const { board, home } = await adopted({}, []);
    home.send("run-satellite");
    expect((await until(home, "run-pipeline")).data).toMatchObject({
      start_stage: "wake",
      restart_on_end: true,
    });
    await home.expect("streaming-started");
    await home.expect("audio-chunk");
    home.send("detection", { name: "ok_nabu" });
    await vi.waitFor(() => expect(board.snapshot().state).toBe("listening"), PATIENT);
    home.send("transcript", { text: "" });
    home.send("error", { text: "nothing was said" });
    await vi.waitFor(() => expect(board.snapshot().state).toBe("idle"), PATIENT);
    const sent = home.received.length;
    await vi.waitFor(() => expect(home.received.length).toBeGreaterThan(sent + 3), PATIENT);
    expect(home.received.map(({ type }) => type)).not.toContain("streaming-stopped");
  });

  it("takes the microphone from the services of the house, and gives it back when it is paused or left", async () => {
    const { home, connect, heard, forget } = await adopted();
    await vi.waitFor(() => expect(heard().length).toBeGreaterThan(0), PATIENT);
    home.send("run-satellite");
    home.send("ping", { text: "running" });
    await until(home, "pong");
    forget();
    home.send("pause-satellite");
    await vi.waitFor(() => expect(heard().length).toBeGreaterThan(0), PATIENT);
    home.send("run-satellite");
    // After a restart of Home Assistant: the new connection leads, the old one is ended.
    const second = await connect();
    second.send("run-satellite");
    await home.closed;
    second.send("ping", { text: "running" });
    await until(second, "pong");
    forget();
    second.destroy();
    await vi.waitFor(() => expect(heard().length).toBeGreaterThan(0), PATIENT);
  });

  it("stops streaming when it is muted", async () => {
    const { board, home } = await adopted(WOKEN);
    home.send("run-satellite");
    await until(home, "streaming-started");
    board.setMuted(true);
    await until(home, "streaming-stopped");
    expect(board.snapshot().state).toBe("muted");
  });

  it("ends the connection of a peer that breaks the protocol, and says why", async () => {
    const { home } = await adopted();
    home.sendRaw("this is no event\n");
    expect((await home.expect("error")).data).toMatchObject({ code: "malformed-frame" });
    await home.closed;
  });

  it("says which option to change when its port is taken", async () => {
    const { satellite, board, voice } = await adopted();
    const second = new SatelliteServer({
      board,
      voice,
      clock: systemClock,
      log: recordingLogger(),
      wakeWords: () => [],
      options: { host: "127.0.0.1", port: satellite.port, name: "Irene", program: PROGRAM },
    });
    await expect(second.start()).rejects.toThrow("local_audio.satellite_port");
  });
});
