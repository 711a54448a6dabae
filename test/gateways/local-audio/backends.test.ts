import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { BackendName } from "../../../src/gateways/local-audio/backend.js";
import { backendOf, boardOn, NAUDIODON_MAIN } from "../../fixtures/board-house.js";
import {
  ALSA_NEEDED,
  HAS_ALSA,
  HAS_NAUDIODON,
  HAS_PULSE,
  loudSeconds,
  NAUDIODON_NEEDED,
  PULSE_NEEDED,
  PulseServer,
} from "../../fixtures/pulse-server.js";
import { hasShared, SHARED } from "../../fixtures/shared-speech.js";

const PATIENT = { timeout: 60_000, interval: 50 };
const CASES: readonly {
  readonly name: BackendName;
  readonly can: boolean;
  readonly needs: string;
  /** Names it has for the devices of the server. */
  readonly microphone: string;
  readonly speaker: string;
}[] = [
  {
    name: "naudiodon",
    can: HAS_NAUDIODON,
    needs: NAUDIODON_NEEDED,
    microphone: "room.monitor",
    speaker: "speaker",
  },
  { name: "pulse", can: true, needs: "", microphone: "room.monitor", speaker: "speaker" },
  { name: "alsa", can: HAS_ALSA, needs: ALSA_NEEDED, microphone: "pulse", speaker: "pulse" },
];
const SHARED_NEEDED = hasShared ? "" : " [skipped: the shared recordings are absent]";
/** A second and a half of a tone, loud enough for anybody. */
const TONE = Buffer.alloc(2 * 24_000);
for (let n = 0; n < 24_000; n++)
  TONE.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * 440 * n) / 16_000)), n * 2);
const FORMAT = { rateHz: 16_000, widthBytes: 2, channels: 1 };

describe.skipIf(!HAS_PULSE)(`ways to the sound hardware${PULSE_NEEDED}`, () => {
  let server: PulseServer;
  beforeAll(async () => {
    server = await PulseServer.start();
  });
  afterAll(() => server?.stop());

  for (const command of ["capture room.monitor", "play speaker"]) {
    it.skipIf(!HAS_NAUDIODON)(
      `leaves no ${command.split(" ")[0]} process behind when the program is killed${NAUDIODON_NEEDED}`,
      async () => {
        const args = JSON.stringify([NAUDIODON_MAIN, ...command.split(" ")]);
        const script = `const child = require("node:child_process").spawn(process.execPath, ${args}, {
          stdio: ["pipe", "ignore", "pipe", "pipe"] });
          // A second of silence, so that a player is at work.
          child.stdin.write(Buffer.alloc(96_000));
          console.log(child.pid); setInterval(() => {}, 1e6);`;
        const parent = spawn(process.execPath, ["-e", script], {
          env: { ...process.env, ...server.env, PULSE_SOURCE: "room.monitor", PULSE_SINK: "speaker" },
          stdio: ["ignore", "pipe", "ignore"],
        });
        const [printed] = (await once(parent.stdout, "data")) as [Buffer];
        const pid = Number(printed.toString());
        expect(process.kill(pid, 0)).toBe(true);
        parent.kill("SIGKILL");
        await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), PATIENT);
      },
    );
  }

  for (const { name, can, needs, ...devices } of CASES) {
    describe.skipIf(!can)(`${name}${needs}`, () => {
      it("lists microphones and speakers", async () => {
        const found = await backendOf(name, { ...process.env, ...server.env }).devices();
        const expected = name === "pulse" ? devices : { microphone: "pulse", speaker: "pulse" };
        expect(found).toContainEqual(
          expect.objectContaining({ id: expected.microphone, direction: "capture" }),
        );
        expect(found).toContainEqual(expect.objectContaining({ id: expected.speaker, direction: "play" }));
      });

      it.skipIf(!hasShared)(`records what is said${SHARED_NEEDED}`, async () => {
        const { board, heard, log } = boardOn(server, [name], devices);
        board.start();
        await vi.waitFor(() => expect(heard().length).toBeGreaterThan(16_000), PATIENT);
        expect(board.snapshot()).toMatchObject({ backend: name, state: "idle" });
        await server.say(join(SHARED, "speech/en/jfk.wav"));
        await vi.waitFor(() => expect(loudSeconds(heard())).toBeGreaterThan(4), PATIENT);
        expect(log.lines.join("\n")).toContain("works through");
      });

      it("plays to the end", async () => {
        const { board } = boardOn(server, [name], devices);
        const recording = server.record();
        await vi.waitFor(() => expect(recording.bytes()).toBeGreaterThan(0), PATIENT);
        await board.play(FORMAT, [TONE]);
        await vi.waitFor(async () => expect(recording.bytes()).toBeGreaterThan(64_000), PATIENT);
        const seconds = loudSeconds(await recording.stop());
        expect(seconds).toBeGreaterThan(1.3);
        expect(seconds).toBeLessThan(1.8);
      });

      it("says what is wrong with a device that does not exist", async () => {
        const { board, log } = boardOn(server, [name], { microphone: "nowhere", speaker: "nowhere" });
        board.start();
        await vi.waitFor(() => expect(board.snapshot().state).toBe("error"), PATIENT);
        expect(log.lines.join("\n")).toMatch(/No microphone can be used: .{10}/);
        await expect(board.play(FORMAT, [TONE])).rejects.toMatchObject({ code: "device-unavailable" });
      });
    });
  }
});
