import { describe, expect, it } from "vitest";
import { writeWav } from "../../../src/audio/wav.js";
import { systemClock } from "../../../src/base/clock.js";
import { silentLogger } from "../../../src/base/logger.js";
import type { ModelManifest } from "../../../src/catalog/manifest.js";
import { WYOMING_LIMITS } from "../../../src/gateways/wyoming/options.js";
import { WyomingServer } from "../../../src/gateways/wyoming/server.js";
import { Deferred, FakeVoice } from "../../fixtures/fake-voice.js";
import { manifest } from "../../fixtures/manifests.js";
import { WyomingClient, wireBytes } from "../../fixtures/wyoming-client.js";
import { MODELS, PROGRAM, startServer } from "../../fixtures/wyoming-server.js";
import {
  describeServer,
  pcmOf,
  synthesizePieces,
  synthesizeText,
  transcribeWav,
} from "../../fixtures/wyoming-tasks.js";

const SPEECH = { rate: 16_000, width: 2, channels: 1 };

/** A server that no fixture closes. */
const bareServer = (host: string, port: number) =>
  new WyomingServer({
    voice: new FakeVoice(),
    manifests: () => MODELS,
    clock: systemClock,
    log: silentLogger,
    options: {
      host,
      port,
      program: PROGRAM,
      endpointing: false,
      transcriptStreaming: false,
      synthesizeStreaming: true,
      limits: WYOMING_LIMITS,
    },
  });

describe("WyomingServer", () => {
  it("says which port it got", async () => {
    const { server, log } = await startServer();
    expect(server.port).toBeGreaterThan(1024);
    expect(log.lines).toContainEqual({
      level: "debug",
      message: "listening for Wyoming",
      fields: { host: "127.0.0.1", port: server.port },
    });
  });

  it("says in one sentence that its port is taken", async () => {
    const { server } = await startServer();
    await expect(bareServer("127.0.0.1", server.port).start()).rejects.toMatchObject({
      name: "InternalError",
      code: "port-taken",
      message: `Port ${server.port} on 127.0.0.1 is taken by another program. Stop it, or choose another wyoming.port.`,
    });
  });

  it("says that an address is not this machine's", async () => {
    await expect(bareServer("192.0.2.1", 0).start()).rejects.toMatchObject({
      code: "config-invalid",
      message: expect.stringMatching(/192\.0\.2\.1.*EADDRNOTAVAIL.*wyoming\.host/),
    });
  });

  it("can be closed before it was started, and twice", async () => {
    const server = bareServer("127.0.0.1", 0);
    await server.close();
    const other = bareServer("127.0.0.1", 0);
    await other.start();
    await Promise.all([other.close(), other.close()]);
  });

  it("ends its connections and their work when it closes", async () => {
    const never = new Deferred<never>();
    const { server, port, voice, connect } = await startServer({
      script: { transcribe: () => never.promise },
    });
    const idle = await connect();
    const busy = await connect();
    await busy.sendAudio(SPEECH, Buffer.alloc(320));
    await (await voice.nth(voice.transcriptions, 0)).heard.atLeast(320);
    await server.close();
    await Promise.all([idle.closed, busy.closed]);
    expect(voice.transcriptions[0]?.isCancelled).toBe(true);
    expect(idle.received).toEqual([]);
    await expect(WyomingClient.connect(port)).rejects.toThrow();
  });

  it("describes what there is now", async () => {
    let models: readonly ModelManifest[] = [];
    const { port } = await startServer({ models: () => models });
    expect((await describeServer(port))["asr"]).toEqual([]);
    models = [manifest({ id: "whisper/tiny" })];
    expect((await describeServer(port))["asr"]).toMatchObject([{ models: [{ name: "tiny" }] }]);
  });

  it("describes in the midst of a transcription that takes its time", async () => {
    const never = new Deferred<never>();
    const { voice, connect } = await startServer({ script: { transcribe: () => never.promise } });
    const client = await connect();
    await client.sendAudio(SPEECH, Buffer.alloc(320));
    await (await voice.nth(voice.transcriptions, 0)).heard.atLeast(320);
    client.send("describe");
    await client.expect("info");
  });

  it("answers a ping with its text, or without one", async () => {
    const { connect } = await startServer();
    const client = await connect();
    client.send("ping", { text: "привет" });
    client.send("ping");
    expect((await client.expect("pong")).data).toEqual({ text: "привет" });
    expect((await client.expect("pong")).data).toEqual({ text: null });
  });

  it("ignores events it does not know and those that mean nothing here", async () => {
    const { connect } = await startServer();
    const client = await connect();
    for (const type of [
      "future-event",
      "run-satellite",
      "played",
      "transcript",
      "toString",
      "__proto__",
      "",
    ]) {
      client.send(type, { text: 1 }, Buffer.from("xyz"));
    }
    client.send("describe");
    expect((await client.next())?.type).toBe("info");
  });

  it("serves many peers at once, each with its own state", async () => {
    const { connect } = await startServer({ limits: { connections: 64, connectionsPerAddress: 64 } });
    const texts = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const client = await connect();
        client.send("transcribe", { language: `l${n}` });
        await client.sendAudio(SPEECH, Buffer.alloc(2 * (n + 1)), { chunkMs: 1 });
        return (await client.expect("transcript")).data;
      }),
    );
    expect(texts).toEqual(texts.map((_, n) => ({ text: `heard ${2 * (n + 1)} bytes`, language: `l${n}` })));
  });

  it("refuses connections beyond its limit with a reason, and takes new ones when others have gone", async () => {
    const { connect, log } = await startServer({ limits: { connectionsPerAddress: 2 } });
    const first = await connect();
    const second = await connect();
    // Both are surely accepted once they are answered.
    for (const client of [first, second]) {
      client.send("describe");
      await client.expect("info");
    }
    const third = await connect();
    expect((await third.untilClosed()).map(({ type, data }) => [type, data["code"]])).toEqual([
      ["error", "busy"],
    ]);
    expect(log.lines.filter(({ message }) => message.startsWith("connection refused"))).toHaveLength(1);
    second.send("describe");
    await second.expect("info");
    first.end();
    await first.closed;
    const fourth = await connect();
    fourth.send("describe");
    await fourth.expect("info");
  });

  it("reports a peer's kind of mistake once, and no hang-up as a mistake", async () => {
    const { connect, log } = await startServer();
    for (const bytes of ["GET / HTTP/1.1\r\n", "nonsense\n", '{"type": 1}\n']) {
      const client = await connect();
      client.sendRaw(bytes);
      expect((await client.untilClosed()).map(({ data }) => data["code"])).toEqual(["malformed-frame"]);
    }
    const cut = await connect();
    cut.sendRaw(wireBytes("audio-chunk", SPEECH, Buffer.alloc(100)).subarray(0, 120));
    cut.end();
    await cut.untilClosed();
    const failures = log.lines.filter(({ message }) => message === "request failed");
    expect(failures.map(({ level, fields }) => [level, fields["code"]])).toEqual([
      ["info", "malformed-frame"],
      ["debug", "malformed-frame"],
      ["debug", "malformed-frame"],
      ["debug", "frame-truncated"],
    ]);
    expect(failures[0]?.fields).toMatchObject({ peer: "127.0.0.1", reason: "The header is not JSON." });
  });
});

describe("the client for end-to-end tests", () => {
  it("runs whole tasks as Home Assistant does", async () => {
    const { port } = await startServer();
    const wav = writeWav({ rateHz: 16_000, widthBytes: 2, channels: 1 }, Buffer.alloc(3_000));
    expect(pcmOf(wav).pcm).toHaveLength(3_000);
    expect(await transcribeWav(port, wav, { language: "en" })).toMatchObject({
      text: "heard 3000 bytes",
      language: "en",
    });
    expect((await synthesizeText(port, "ab")).pcm).toHaveLength(2_048);
    const streamed = await synthesizePieces(port, ["One sentence is he", "re. Another one", " is here."]);
    expect(streamed.format).toEqual({ rate: 22_050, width: 2, channels: 1 });
    expect(streamed.pcm).toHaveLength(
      1024 * ("One sentence is here.".length + "Another one is here.".length),
    );
  });

  it("throws what the server says is wrong", async () => {
    const { port } = await startServer({ limits: { textChars: 3 } });
    await expect(synthesizeText(port, "too much")).rejects.toThrow(/too-long: The text is longer than 3/);
  });
});
