import { Command, CommanderError } from "commander";
import { ConfigError, messageOf, VoiceError } from "../../base/errors.js";
import { type LoadedConfig, loadConfig } from "../../config/load.js";
import type { House } from "../house.js";
import { openHouse } from "../open-house.js";
import { VERSION } from "../version.js";
import { addOptionFlags, flagValues } from "./flags.js";
import { checkModels, listModels, pullModels, removeModels, unloadModels, warmUpModels } from "./models.js";
import type { Output } from "./output.js";
import { say } from "./say.js";
import { serve } from "./serve.js";
import { status } from "./status.js";
import { transcribe } from "./transcribe.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings are wrong: a restart would not help. @see sysexits.h, EX_CONFIG */
const EXIT_CONFIG = 78;

/**
 * Runs one command line to its end.
 * @returns the exit code: 0 done, 1 failed, 2 the command line is wrong, 78 the settings are wrong
 */
export async function runCli(args: readonly string[], env: Environment): Promise<number> {
  const program = buildProgram(env);
  try {
    await program.parseAsync(args as string[], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    console.error(error instanceof VoiceError ? messageOf(error) : error);
    return error instanceof ConfigError ? EXIT_CONFIG : 1;
  }
}

function buildProgram(env: Environment): Command {
  const program = new Command("irene")
    .description("Speech to text and text to speech on small boards, kept warm inside a memory budget")
    .version(VERSION)
    .exitOverride();
  const load = (given: Readonly<Record<string, unknown>>): LoadedConfig =>
    loadConfig({
      env,
      flags: flagValues(given),
      ...(given["config"] ? { file: String(given["config"]) } : {}),
    });

  addOptionFlags(program.command("serve").description("Run the server")).action((given) =>
    serve(load(given), env),
  );

  /** A command that works on the running server, or on a short-lived one of its own. */
  const onHouse = (
    command: Command,
    run: (house: House, command: Command, output: Output) => Promise<void>,
  ): void => {
    addOptionFlags(command).option("--json", "Print JSON");
    command.action(async () => {
      const given = command.opts() as Record<string, unknown>;
      const { config } = load(given);
      const house = await openHouse(config, env);
      try {
        await run(house, command, outputFor(given["json"] === true));
      } finally {
        await house.close();
      }
    });
  };

  onHouse(
    program
      .command("transcribe")
      .description("Print the text of a WAV file")
      .argument("<file.wav>")
      .option("--model <id>", "Model to use"),
    (house, command, output) => transcribe(house, String(command.args[0]), command.opts(), output),
  );
  onHouse(
    program
      .command("say")
      .description("Speak a text into a WAV file")
      .argument("<text>")
      .requiredOption("-o, --output <file.wav>", "File to write")
      .option("--voice <id>", "Voice to use")
      .option("--speaker <name>", "Speaker of that voice"),
    (house, command, output) => say(house, String(command.args[0]), command.opts(), output),
  );
  onHouse(
    program.command("status").description("Show what the server is doing").option("--watch", "Keep showing"),
    (house, command, output) => {
      const stop = new AbortController();
      process.once("SIGINT", () => stop.abort());
      return status(house, command.opts()["watch"] === true, output, stop.signal);
    },
  );
  addModelCommands(program, onHouse);
  return program;
}

function addModelCommands(
  program: Command,
  onHouse: (command: Command, run: (house: House, command: Command, output: Output) => Promise<void>) => void,
): void {
  const models = program.command("models").description("The models: on disk, in memory, in the catalog");
  onHouse(
    models
      .command("list")
      .description("All models with size, memory and licence")
      .option("--capability <name>", "Only stt, tts, vad or wake")
      .option("--installed", "Only those on disk"),
    (house, command, output) => listModels(house, command.opts(), output),
  );
  const acts = [
    ["pull", "Download models now", pullModels],
    ["check", "Compare models on disk with their checksums", checkModels],
    ["rm", "Delete models from disk", removeModels],
    ["warm-up", "Load and warm models now", warmUpModels],
    ["unload", "Put models out of memory", unloadModels],
  ] as const;
  for (const [name, description, act] of acts) {
    const argument = name === "check" ? "[id...]" : "<id...>";
    onHouse(models.command(name).description(description).argument(argument), (house, command, output) =>
      act(house, command.args, output),
    );
  }
}

function outputFor(json: boolean): Output {
  return {
    json,
    terminal: process.stderr.isTTY === true,
    line: (text) => console.log(text),
    remark: (text) => console.error(text),
  };
}
