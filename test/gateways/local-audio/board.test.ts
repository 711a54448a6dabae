import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { NaudiodonBackend } from "../../../src/gateways/local-audio/naudiodon.js";
import { backendOf, boardOn } from "../../fixtures/board-house.js";
import {
  HAS_NAUDIODON,
  HAS_PULSE,
  loudSeconds,
  NAUDIODON_NEEDED,
  PULSE_NEEDED,
  PulseServer,
} from "../../fixtures/pulse-server.js";

const PATIENT = { timeout: 60_000, interval: 50 };
const FORMAT = { rateHz: 16_000, widthBytes: 2, channels: 1 };

function tone(seconds: number): Buffer {
  const pcm = Buffer.alloc(2 * Math.round(seconds * 16_000));
  for (let n = 0; n < pcm.length / 2; n++)
    pcm.writeInt16LE(Math.round(16_000 * Math.sin((2 * Math.PI * 440 * n) / 16_000)), n * 2);
  return pcm;
}

function loudest(pcm: Buffer): number {
  let peak = 0;
  for (let at = 0; at + 1 < pcm.length; at += 2) peak = Math.max(peak, Math.abs(pcm.readInt16LE(at)));
  return peak;
}

describe.skipIf(!HAS_PULSE)(`the board${PULSE_NEEDED}`, () => {
  let server: PulseServer;
  beforeAll(async () => {
    server = await PulseServer.start();
  });
  afterAll(() => server?.stop());

  /** Plays and returns what was heard of it. */
  async function heardFrom(play: () => Promise<void>): Promise<Buffer> {
    const recording = server.record();
    await vi.waitFor(() => expect(recording.bytes()).toBeGreaterThan(0), PATIENT);
    await play();
    const atEnd = recording.bytes();
    await vi.waitFor(() => expect(recording.bytes()).toBeGreaterThan(atEnd + 48_000), PATIENT);
    return recording.stop();
  }

  it("takes the next way to the hardware where the first does not work, and says why", async () => {
    const env = { ...process.env, ...server.env };
    const broken = new NaudiodonBackend({ env }, "/nowhere/naudiodon-main.js");
    const { board, heard, log } = boardOn(server, [broken, backendOf("pulse", env)]);
    board.start();
    await vi.waitFor(() => expect(heard().length).toBeGreaterThan(0), PATIENT);
    expect(board.snapshot()).toMatchObject({ backend: "pulse", state: "idle" });
    expect(log.lines.join("\n")).toMatch(/works through PulseAudio.*\(naudiodon: .{5}/);
    const sound = await heardFrom(() => board.play(FORMAT, [tone(0.5)]));
    expect(loudSeconds(sound)).toBeGreaterThan(0.4);
  });

  for (const name of ["naudiodon", "pulse"] as const) {
    const can = name === "pulse" || HAS_NAUDIODON;
    it.skipIf(!can)(
      `finds a microphone again that was taken away in the middle, through ${name}${can ? "" : NAUDIODON_NEEDED}`,
      async () => {
        const { board, heard, forget, log } = boardOn(server, [name]);
        const states: string[] = [];
        board.onState((state) => states.push(state));
        board.start();
        await vi.waitFor(() => expect(heard().length).toBeGreaterThan(0), PATIENT);
        await server.unplug();
        await vi.waitFor(() => expect(board.snapshot().state).toBe("error"), PATIENT);
        expect(board.snapshot().problem).toMatch(/.{5}/);
        forget();
        await server.plugIn();
        await vi.waitFor(() => expect(heard().length).toBeGreaterThan(16_000), PATIENT);
        expect(board.snapshot()).toMatchObject({ state: "idle", backend: name });
        expect(board.snapshot().problem).toBeUndefined();
        expect(states).toEqual(["idle", "error", "idle"]);
        expect(log.lines.filter((line) => line.startsWith("warn"))).toHaveLength(1);
      },
    );
  }

  it.skipIf(!HAS_NAUDIODON)(
    `outlives a driver that crashes, and hears again${NAUDIODON_NEEDED}`,
    async () => {
      const { board, heard, forget, log } = boardOn(server, ["naudiodon"]);
      board.start();
      await vi.waitFor(() => expect(heard().length).toBeGreaterThan(0), PATIENT);
      const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
      const recorder = children
        .trim()
        .split(" ")
        .find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("naudiodon-main.js\0capture"));
      process.kill(Number(recorder), "SIGABRT");
      await vi.waitFor(() => expect(board.snapshot().state).toBe("error"), PATIENT);
      forget();
      await vi.waitFor(() => expect(heard().length).toBeGreaterThan(0), PATIENT);
      expect(board.snapshot().state).toBe("idle");
      expect(log.lines.join("\n")).toContain("The microphone is gone: ");
    },
  );

  it("records nothing at all while it is muted", async () => {
    const { board, heard, timesMuted } = boardOn(server, ["pulse"]);
    board.start();
    await vi.waitFor(() => expect(heard().length).toBeGreaterThan(0), PATIENT);
    expect(await server.recordings()).toBe(1);
    board.setMuted(true);
    expect(board.snapshot()).toMatchObject({ state: "muted", muted: true });
    expect(timesMuted()).toBe(1);
    await vi.waitFor(async () => expect(await server.recordings()).toBe(0), PATIENT);
    board.setMuted(false);
    await vi.waitFor(async () => expect(await server.recordings()).toBe(1), PATIENT);
    expect(board.snapshot()).toMatchObject({ state: "idle", muted: false });
  });

  it("does not listen at start when it was muted before", async () => {
    const { board } = boardOn(server, ["pulse"], { muted: true });
    board.start();
    expect(board.snapshot().state).toBe("muted");
    await heardFrom(() => board.play(FORMAT, [tone(0.2)]));
    expect(await server.recordings()).toBe(0);
  });

  it("plays as loud as the volume says", async () => {
    const { board } = boardOn(server, ["pulse"]);
    const loud = loudest(await heardFrom(() => board.play(FORMAT, [tone(0.5)])));
    board.setVolume(50);
    const quiet = loudest(await heardFrom(() => board.play(FORMAT, [tone(0.5)])));
    expect(loud).toBeGreaterThan(12_000);
    expect(quiet / loud).toBeGreaterThan(0.2);
    expect(quiet / loud).toBeLessThan(0.3);
  });

  it("plays one sound after the other, and none any more once it is hushed", async () => {
    const { board } = boardOn(server, ["pulse"]);
    const states: string[] = [];
    board.onState((state) => states.push(state));
    const both = await heardFrom(async () => {
      await Promise.all([board.play(FORMAT, [tone(0.5)]), board.play(FORMAT, [tone(0.5)])]);
    });
    expect(loudSeconds(both)).toBeGreaterThan(0.9);
    expect(states).toEqual(["idle", "speaking", "idle"]);
    const recording = server.record();
    const playing = board.play(FORMAT, [tone(60)]);
    const waiting = board.play(FORMAT, [tone(60)]);
    await vi.waitFor(() => expect(recording.bytes()).toBeGreaterThan(16_000), PATIENT);
    board.hush();
    await Promise.all([playing, waiting]);
    await recording.stop();
    expect(board.snapshot().state).toBe("idle");
  });

  it("refuses sounds when too many wait", async () => {
    const { board } = boardOn(server, ["pulse"]);
    const waiting = Array.from({ length: 8 }, () => board.play(FORMAT, [tone(60)]));
    await expect(board.play(FORMAT, [tone(1)])).rejects.toMatchObject({ code: "busy" });
    board.hush();
    await Promise.all(waiting);
  });

  it("gives the microphone to who came last, and back when they go", async () => {
    const { board, heard, forget } = boardOn(server, ["pulse"]);
    board.start();
    await vi.waitFor(() => expect(heard().length).toBeGreaterThan(0), PATIENT);
    const theirs: number[] = [];
    const other = {
      onSound: (pcm: Uint8Array) => theirs.push(pcm.length),
      onMuted: () => undefined,
      onReplaced: () => undefined,
    };
    const stop = board.listen(other);
    board.show(other, "listening");
    forget();
    await vi.waitFor(() => expect(theirs.length).toBeGreaterThan(3), PATIENT);
    expect(heard()).toHaveLength(0);
    expect(board.snapshot().state).toBe("listening");
    stop();
    expect(board.snapshot().state).toBe("idle");
    await vi.waitFor(() => expect(heard().length).toBeGreaterThan(0), PATIENT);
  });
});
