import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { encodePcm16 } from "../src/audio/pcm.js";
import { writeWav } from "../src/audio/wav.js";
import { HAS_NAUDIODON, HAS_PULSE, PulseServer } from "../test/fixtures/pulse-server.js";
import { noise } from "../test/fixtures/shared-speech.js";
import { type Used, usedBy } from "./lib/cpu.js";
import { closeHouse, inScratch, obtain, openHouse, ready } from "./lib/house.js";
import { type Row, report } from "./lib/report.js";

/**
 * Processor time of listening for a wake word at this machine's own microphone while nobody speaks: seconds of it for
 * each second of sound, of all our processes together, in silence and in noise.
 *
 *     script/bench idle-listening [SECONDS]
 */
const SECONDS = Number(process.argv[2] ?? 60);
/** The detector loads with the first sound. */
const SETTLE_MS = 20_000;
const WORD = "openwakeword/hey_jarvis";
const RATE_HZ = 16_000;

const kindOf = ({ command }: Used): "capture" | "detector" | "main" | "others" => {
  if (/parec|naudiodon-main\.js capture|pactl/.test(command)) return "capture";
  if (command.startsWith("irene-worker")) return "detector";
  return /cli\.js serve/.test(command) ? "main" : "others";
};

async function measure(pid: number): Promise<Record<string, number>> {
  const before = new Map(usedBy(pid).map((each) => [each.pid, each.seconds]));
  const startedMs = performance.now();
  await wait(SECONDS * 1_000);
  const seconds = (performance.now() - startedMs) / 1_000;
  const shares: Record<string, number> = { capture: 0, main: 0, detector: 0, others: 0 };
  for (const each of usedBy(pid)) {
    const kind = kindOf(each);
    shares[kind] = (shares[kind] ?? 0) + (each.seconds - (before.get(each.pid) ?? 0)) / seconds;
  }
  return shares;
}

if (!HAS_PULSE)
  throw new Error("pulseaudio and pulseaudio-utils are needed: there is no microphone otherwise");
await obtain([WORD]);
const rows: Row[] = [];
for (const backend of ["naudiodon", "pulse"] as const) {
  if (backend === "naudiodon" && !HAS_NAUDIODON) continue;
  for (const room of ["silence", "noise"] as const) {
    const server = await PulseServer.start();
    // What the sound server is told, the program inherits.
    Object.assign(process.env, server.env);
    const program = await openHouse({
      preload: false,
      wake_words: ["hey_jarvis"],
      mqtt: { enabled: false },
      local_audio: {
        enabled: true,
        backend,
        microphone: server.microphone,
        speaker: server.speaker,
      },
    });
    await ready(program);
    await program.line(/The microphone .* works through/);
    await inScratch(async (dir) => {
      const file = join(dir, "noise.wav");
      const samples = noise(RATE_HZ * (SECONDS + 60), room === "noise" ? 0.05 : 0);
      await writeFile(file, writeWav({ rateHz: RATE_HZ, widthBytes: 2, channels: 1 }, encodePcm16(samples)));
      const playing = spawn("paplay", ["--device=room", file], {
        env: { ...process.env, ...server.env },
        stdio: "ignore",
      });
      await wait(SETTLE_MS);
      const shares = await measure(program.child.pid ?? 0);
      playing.kill();
      const total = Object.values(shares).reduce((sum, each) => sum + each, 0);
      const percent = (share = 0) => (share * 100).toFixed(1);
      rows.push({
        through: backend,
        room,
        "all, % of one core": percent(total),
        "capture, %": percent(shares["capture"]),
        "wake word, %": percent(shares["detector"]),
        "main process, %": percent(shares["main"]),
      });
    });
    await closeHouse(program);
    await server.stop();
  }
}
report({
  name: "idle-listening",
  title: `Processor time of listening for one wake word, ${SECONDS} s each`,
  rows,
});
process.exit(0);
