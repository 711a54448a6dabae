import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge } from "../../../src/app/commands/audio/audio-test.js";
import { runCommand } from "../../fixtures/program.js";
import { HAS_PULSE, PULSE_NEEDED, PulseServer } from "../../fixtures/pulse-server.js";

describe("the verdict on a microphone", () => {
  it.each([
    [-90, /silence/],
    [-70, /hardly anything/],
    [-20, /^good$/],
    [-1, /too loud/],
  ])("for %d dBFS tells what to do", (db, verdict) => {
    expect(judge(db)).toMatch(verdict);
  });
});

describe.skipIf(!HAS_PULSE)(`irene audio${PULSE_NEEDED}`, () => {
  let server: PulseServer;
  beforeAll(async () => {
    server = await PulseServer.start();
  });
  afterAll(() => server?.stop());

  it("lists the devices of every way to the hardware, or why there are none", async () => {
    const { code, stdout } = await runCommand(["audio", "devices"], server.env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^naudiodon: PortAudio \(naudiodon\)/m);
    expect(stdout).toMatch(/^pulse: PulseAudio.*microphones\n.*room\.monitor.*speakers\n.*speaker {2}\(/ms);
    expect(stdout).toMatch(/^alsa: ALSA/m);
    const json = await runCommand(["audio", "devices", "--json", "--backend", "pulse"], server.env);
    expect(JSON.parse(json.stdout)).toEqual([
      expect.objectContaining({
        backend: "pulse",
        devices: expect.arrayContaining([expect.objectContaining({ id: "speaker", direction: "play" })]),
      }),
    ]);
  });

  it("records, tells how loud it was, and plays it back", async () => {
    const devices = ["--microphone", server.microphone, "--speaker", server.speaker, "--backend", "pulse"];
    const { code, stdout, stderr } = await runCommand(
      ["audio", "test", "--seconds", "1", ...devices],
      server.env,
    );
    // Nobody speaks there.
    expect(code).toBe(1);
    expect(stderr).toContain("Microphone: room.monitor");
    expect(stdout).toContain("Recorded through pulse; the loudest was -90 dBFS: silence");
    expect(stdout).toContain("Played back");
  });

  it("fails with the reason where there is no such microphone", async () => {
    const args = ["audio", "test", "--microphone", "nowhere", "--backend", "pulse"];
    const { code, stdout } = await runCommand(args, server.env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/No microphone can be used: pulse: .{5}/);
  });

  it("fails where nothing at all is known of sound", async () => {
    const { code, stdout } = await runCommand(["audio", "devices", "--backend", "pulse"], {
      ...server.env,
      PULSE_SERVER: "unix:/nowhere",
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^pulse: PulseAudio \(parec and pacat\): .{5}/);
  });
});
