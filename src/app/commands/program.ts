import { Command, CommanderError } from "commander";
import { VERSION } from "../version.js";
import { addAudioCommands } from "./audio/audio-commands.js";
import { CommandLine, type Environment } from "./command-line.js";
import { exitCodeOf } from "./exit-code.js";
import { addHomeCommands } from "./home-commands.js";
import { addModelCommands } from "./model-commands.js";
import { plan } from "./plan.js";
import { say } from "./say.js";
import { status } from "./status.js";
import { transcribe } from "./transcribe.js";

/**
 * Runs one command line to its end.
 * @returns the exit code: 0 done, 1 failed, 2 the command line is wrong, 78 the settings are wrong
 */
export async function runCli(args: readonly string[], env: Environment): Promise<number> {
  const line = new CommandLine(env);
  try {
    await buildProgram(line, env).parseAsync(args as string[], { from: "user" });
    return line.exitCode;
  } catch (error) {
    // Commander has said what is wrong already.
    if (error instanceof CommanderError) return exitCodeOf(error);
    throw error;
  }
}

/** A flag that changes the choice makes it a question of "what if". */
const asksWhatIf = (flags: Readonly<Record<string, unknown>>): boolean =>
  ["language", "memoryBudget", "stt", "tts", "config"].some((name) => flags[name] !== undefined);

/** All commands, without running any. */
export function buildProgram(line: CommandLine, env: Environment): Command {
  const program = new Command("irene")
    .description("Speech to text and text to speech on small boards, kept warm inside a memory budget")
    .version(VERSION)
    .exitOverride();

  line.add(program.command("serve").description("Run the server"), "serve", async (load) => {
    const loaded = load();
    // The server brings in everything there is; commands that only ask one do not need it.
    const { serve } = await import("./serve.js");
    await serve(loaded, env);
    return undefined;
  });
  line.addHouseCommand(
    program
      .command("transcribe")
      .description("Print the text of a WAV file")
      .argument("<file.wav>")
      .option("--model <id>", "Model to use")
      .option("--explain", "Also print who answered, and whether it is a command of the home"),
    { flags: "voice", run: transcribe },
  );
  line.addHouseCommand(
    program
      .command("say")
      .description("Speak a text into a WAV file")
      .argument("<text>")
      .requiredOption("-o, --output <file.wav>", "File to write; - is standard output")
      .option("--voice <id>", "Voice to use")
      .option("--speaker <name>", "Speaker of that voice"),
    { flags: "voice", run: say },
  );
  line.addHouseCommand(
    program.command("status").description("Show what the server is doing").option("--watch", "Keep showing"),
    { flags: "house", run: status },
  );
  line.addHouseCommand(
    program.command("plan").description("Show what the next start would load, in which order, and why"),
    { flags: "plan", alone: asksWhatIf, run: plan },
  );
  line.add(
    program
      .command("doctor")
      .description("Look at everything the program needs, and say what to do about what is wrong")
      .option("--files", "Compare all models on disk with their checksums as well")
      .option("--json", "Print JSON"),
    "serve",
    async (load, call) => {
      const { doctor } = await import("./doctor/doctor.js");
      return doctor(load, env, call);
    },
  );
  addModelCommands(program, line);
  addHomeCommands(program, line);
  addAudioCommands(program, line, env);
  return program;
}
