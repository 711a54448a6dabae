import type { Command } from "commander";
import { systemClock } from "../../../base/clock.js";
import type { CommandLine, Environment } from "../command-line.js";

/** `irene audio …`: looks at microphone and speaker of this machine, without a server. */
export function addAudioCommands(program: Command, line: CommandLine, env: Environment): void {
  const audio = program.command("audio").description("Look at the microphone and speaker of this machine");
  line.add(
    audio.command("devices").description("List microphones and speakers").option("--json", "Print JSON"),
    "audio",
    async (load, { output }) => {
      const { audioDevices } = await import("./audio-devices.js");
      return audioDevices(load().config, { env }, output);
    },
  );
  line.add(
    audio
      .command("test")
      .description("Show how loud the microphone is, and play back what it recorded")
      .option("--seconds <number>", "How long to record", "5")
      .option("--json", "Print JSON"),
    "audio",
    async (load, { flags, output }) => {
      const { audioTest } = await import("./audio-test.js");
      const seconds = Math.min(60, Math.max(1, Number(flags["seconds"]) || 5));
      return audioTest(load().config, { surroundings: { env }, clock: systemClock, seconds, output });
    },
  );
}
