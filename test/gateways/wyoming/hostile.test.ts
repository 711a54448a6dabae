import { describe, expect, it } from "vitest";
import { Deferred, spoken } from "../../fixtures/fake-voice.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { type WyomingClient, wireBytes } from "../../fixtures/wyoming-client.js";
import { startServer } from "../../fixtures/wyoming-server.js";

const SPEECH = { rate: 16_000, width: 2, channels: 1 };
const PCM = Buffer.alloc(32_000);

/** Another peer's whole request, which must work whatever a hostile one does. */
async function expectServed(connect: () => Promise<WyomingClient>): Promise<void> {
  const client = await connect();
  client.send("describe");
  await client.expect("info");
  client.send("synthesize", { text: "ok" });
  await client.until("audio-stop");
  await client.sendAudio(SPEECH, PCM);
  expect((await client.untilClosed()).map(({ data }) => data)).toEqual([{ text: "heard 32000 bytes" }]);
}

const codes = async (client: WyomingClient) =>
  (await client.untilClosed()).map(({ type, data }) => [type, data["code"]]);

async function* endlessSpeech() {
  for (;;) yield Buffer.alloc(64 * 1024);
}

describe("a peer that sends slowly", () => {
  it.each([
    ["a header", Buffer.from('{"type": "desc')],
    ["a data section", wireBytes("transcribe", { language: "en" }).subarray(0, -3)],
    ["a payload", wireBytes("audio-chunk", SPEECH, PCM).subarray(0, -1)],
  ])("is cut off when %s takes too long, and hurts nobody meanwhile", async (_, bytes) => {
    const clock = new HandClock();
    const { connect } = await startServer({ clock, limits: { frameMs: 7_777 } });
    const slow = await connect();
    slow.sendRaw(bytes.subarray(0, 5));
    await clock.waitedFor(7_777);
    // Each further byte comes just in time for a deadline that began anew with it: it must not.
    clock.advance(7_000);
    slow.sendRaw(bytes.subarray(5));
    await slow.flushed();
    await expectServed(connect);
    expect(slow.received).toEqual([]);
    clock.advance(777);
    expect(await codes(slow)).toEqual([["error", "deadline"]]);
  });

  it("may take all its time between events", async () => {
    const clock = new HandClock();
    const { connect } = await startServer({ clock, limits: { frameMs: 7_777 } });
    const client = await connect();
    client.sendRaw('{"type":');
    await clock.waitedFor(7_777);
    client.sendRaw(' "ping"}\n');
    await client.expect("pong");
    clock.advance(60_000);
    client.send("ping");
    await client.expect("pong");
  });
});

describe("a peer that does nothing", () => {
  it("is disconnected without a word when it asked for nothing", async () => {
    const clock = new HandClock();
    const { connect } = await startServer({ clock, limits: { idleMs: 99_000 } });
    const client = await connect();
    client.send("ping");
    await client.expect("pong");
    clock.advance(98_000);
    client.send("ping");
    await client.expect("pong");
    clock.advance(98_999);
    client.send("ping");
    await client.expect("pong");
    clock.advance(99_000);
    expect(await client.next()).toBeUndefined();
  });

  it.each([
    ["speech", "audio-chunk", SPEECH, PCM],
    ["a stream of text", "synthesize-start", {}, Buffer.alloc(0)],
  ])("is told that the rest of %s did not come", async (_, type, data, payload) => {
    const clock = new HandClock();
    const { connect } = await startServer({ clock, limits: { idleMs: 99_000 } });
    const client = await connect();
    client.send(type, data, payload);
    client.send("ping");
    await client.expect("pong");
    clock.advance(99_000);
    expect((await client.expect("error")).data).toMatchObject({ code: "deadline" });
    await client.untilClosed();
  });

  it("is not idle while the server works for it", async () => {
    const clock = new HandClock();
    const text = new Deferred<{ text: string; model: string }>();
    const { voice, connect } = await startServer({
      clock,
      limits: { idleMs: 99_000 },
      script: { transcribe: () => text.promise },
    });
    const client = await connect();
    await client.sendAudio(SPEECH, PCM);
    client.send("ping");
    await client.expect("pong");
    const session = await voice.nth(voice.transcriptions, 0);
    await session.heard.atLeast(PCM.length);
    clock.advance(1_000_000);
    expect(session.isCancelled).toBe(false);
    text.resolve({ text: "at last", model: "x" });
    expect((await client.expect("transcript")).data).toEqual({ text: "at last" });
  });
});

describe("a peer that never reads", () => {
  it("holds up its own speech only, in bounded memory, and is dropped in the end", async () => {
    const clock = new HandClock();
    let produced = 0;
    async function* counted() {
      for await (const bytes of endlessSpeech()) {
        produced += bytes.length;
        yield bytes;
      }
    }
    const format = Promise.resolve({ rateHz: 16_000, widthBytes: 2, channels: 1 });
    const { voice, connect } = await startServer({
      clock,
      limits: { stallMs: 5_555, writeBufferBytes: 64 * 1024 },
      script: {
        synthesize: ({ text }) => ({ format, audio: text === "endless" ? counted() : spoken(text) }),
      },
    });
    const greedy = await connect();
    greedy.pause();
    greedy.send("synthesize", { text: "endless" });
    const session = await voice.nth(voice.syntheses, 0);
    // The server waits for the peer only when the kernel's buffers and its own are full.
    await clock.waitedFor(5_555);
    const atFirst = produced;
    await expectServed(connect);
    expect(produced).toBe(atFirst);
    expect(session.isCancelled).toBe(false);
    clock.advance(5_555);
    await session.cancelled.promise;
    expect(produced).toBe(atFirst);
  });

  it("is waited for as long as it takes a little now and then", async () => {
    const clock = new HandClock();
    const format = Promise.resolve({ rateHz: 16_000, widthBytes: 2, channels: 1 });
    const { voice, connect } = await startServer({
      clock,
      limits: { stallMs: 5_555, writeBufferBytes: 64 * 1024 },
      script: { synthesize: () => ({ format, audio: endlessSpeech() }) },
    });
    const client = await connect();
    client.pause();
    client.send("synthesize", { text: "endless" });
    const session = await voice.nth(voice.syntheses, 0);
    for (let round = 0; round < 3; round++) {
      await clock.waitedFor(5_555);
      clock.advance(5_000);
      const before = client.received.length;
      client.resume();
      // Read until the server's own buffer has surely been emptied several times over.
      await new Promise<void>((resolve) => {
        const look = () => (client.received.length > before + 5_000 ? resolve() : setImmediate(look));
        look();
      });
      client.pause();
    }
    expect(session.isCancelled).toBe(false);
  });

  it("cannot make the server pile up answers to its describes", async () => {
    const clock = new HandClock();
    const { connect, server } = await startServer({
      clock,
      limits: { stallMs: 5_555, writeBufferBytes: 64 * 1024 },
    });
    expect(server.port).toBeGreaterThan(0);
    const flooder = await connect();
    flooder.pause();
    const many = Buffer.from('{"type": "describe"}\n'.repeat(200_000));
    flooder.sendRaw(many);
    await clock.waitedFor(5_555);
    await expectServed(connect);
    clock.advance(5_555);
    flooder.resume();
    await flooder.closed;
    expect(flooder.received.length).toBeLessThan(200_000);
  });
});

describe("a peer that asks for too much", () => {
  it.each([
    ["an endless header", Buffer.alloc(70_000, "x")],
    ["a huge data section", Buffer.from('{"type": "x", "data_length": 300000}\n')],
    ["a huge payload", Buffer.from('{"type": "audio-chunk", "payload_length": 3000000}\n')],
  ])("is refused %s", async (_, bytes) => {
    const { connect } = await startServer();
    const client = await connect();
    client.sendRaw(bytes);
    expect(await codes(client)).toEqual([["error", "frame-too-large"]]);
    await expectServed(connect);
  });

  it("gets its error even when it goes on sending, and is let go in the end", async () => {
    const clock = new HandClock();
    const { connect } = await startServer({ clock, limits: { lingerMs: 3_333 } });
    const client = await connect();
    client.sendRaw("nonsense\n");
    for (let i = 0; i < 100; i++) client.sendRaw(Buffer.alloc(64 * 1024));
    expect((await client.expect("error")).data).toMatchObject({ code: "malformed-frame" });
    client.sendRaw(Buffer.alloc(64 * 1024));
    await clock.waitedFor(3_333);
    clock.advance(3_333);
    await client.closed;
  });

  it("is read no further than the queue allows while the server is busy with it", async () => {
    const text = new Deferred<{ text: string; model: string }>();
    const { voice, connect } = await startServer({ script: { transcribe: () => text.promise } });
    const client = await connect();
    await client.sendAudio(SPEECH, PCM);
    const session = await voice.nth(voice.transcriptions, 0);
    await session.heard.atLeast(PCM.length);
    // Far more than the queue and the sockets take: most of it has to stay with the peer.
    for (let i = 0; i < 40; i++) client.send("audio-chunk", SPEECH, Buffer.alloc(1024 * 1024));
    const other = await connect();
    for (let i = 0; i < 100; i++) {
      other.send("describe");
      await other.expect("info");
    }
    expect(client.unsentBytes).toBeGreaterThan(20 * 1024 * 1024);
    text.resolve({ text: "heard it", model: "x" });
    expect((await client.untilClosed()).map(({ data }) => data)).toEqual([{ text: "heard it" }]);
  });
});
