import type { Command } from "commander";
import { type LoadedConfig, loadConfig } from "../../config/load.js";
import type { House } from "../house.js";
import { openHouse } from "../open-house.js";
import { EXIT, type ExitCode, exitCodeOf, exitCodeOfCommand } from "./exit-code.js";
import { addOptionFlags, type FlagSet, flagValues } from "./flags.js";
import { createOutput, describeFailure, type Output } from "./output.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every command is given. */
export interface CommandCall {
  /** What came behind the command's name, without flags. */
  readonly args: readonly string[];
  /** Flags by camel-case name. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly output: Output;
}

/** A command that works on the running server, or on a short-lived house of its own. */
export interface HouseCommand {
  readonly flags: FlagSet;
  /** Logs what happens to models, where the house is one of our own. */
  readonly talkative?: boolean;
  /** Whether the flags ask about other settings than those of a running server. */
  readonly alone?: (flags: Readonly<Record<string, unknown>>) => boolean;
  /** @returns the exit code; nothing means done */
  run(house: House, call: CommandCall): Promise<ExitCode | undefined>;
}

/** Runs commands and keeps the exit code of the one that ran. */
export class CommandLine {
  readonly #env: Environment;
  exitCode: ExitCode = EXIT.done;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** Gives a command its flags, and something to do that may fail only in ways that become an exit code. */
  add(
    command: Command,
    set: FlagSet,
    run: (loaded: () => LoadedConfig, call: CommandCall) => Promise<ExitCode | undefined>,
  ): void {
    addOptionFlags(command, set);
    command.action(async () => {
      const flags = command.opts() as Record<string, unknown>;
      const output = createOutput(flags["json"] === true);
      const load = () => this.#load(flags, set);
      try {
        this.exitCode = (await run(load, { args: command.args, flags, output })) ?? EXIT.done;
      } catch (error) {
        output.remark(describeFailure(error, output.json));
        this.exitCode = exitCodeOf(error);
      }
    });
  }

  addHouseCommand(
    command: Command,
    { flags, talkative = false, alone = () => false, run }: HouseCommand,
  ): void {
    command.option("--json", "Print JSON");
    this.add(command, flags, async (load, call) => {
      const { config, warnings } = load();
      for (const warning of warnings) call.output.remark(warning);
      const { remark } = call.output;
      const house = await openHouse(config, this.#env, { talkative, alone: alone(call.flags), remark });
      try {
        return await run(house, call);
      } catch (error) {
        call.output.remark(describeFailure(error, call.output.json));
        return exitCodeOfCommand(error);
      } finally {
        await house.close();
      }
    });
  }

  #load(flags: Readonly<Record<string, unknown>>, set: FlagSet): LoadedConfig {
    const file = flags["config"];
    return loadConfig({
      env: this.#env,
      flags: flagValues(flags, set),
      ...(typeof file === "string" ? { file } : {}),
    });
  }
}
