import { Argument, type Command, Option } from "commander";
import { CAPABILITIES } from "../../catalog/manifest.js";
import type { CommandLine, HouseCommand } from "./command-line.js";
import { listModels } from "./list-models.js";
import {
  checkModels,
  collectGarbage,
  pullModels,
  removeModels,
  unloadModels,
  warmUpModels,
} from "./models.js";
import { SWITCHABLE, useModel } from "./use-model.js";

/** A command on models that are named behind it. */
interface NamedModelsCommand {
  readonly name: string;
  readonly description: string;
  readonly argument: string;
  readonly run: HouseCommand["run"];
  readonly talkative?: boolean;
}

const ON_NAMED_MODELS: readonly NamedModelsCommand[] = [
  { name: "pull", description: "Download models now", argument: "<id...>", run: pullModels },
  {
    name: "check",
    description: "Tell whether models are whole on disk; all there are without any named",
    argument: "[id...]",
    run: checkModels,
  },
  { name: "rm", description: "Delete models from disk", argument: "<id...>", run: removeModels },
  {
    name: "warm-up",
    description: "Load and warm models now, by id or by provider",
    argument: "<id...>",
    run: warmUpModels,
    talkative: true,
  },
  { name: "unload", description: "Put models out of memory", argument: "<id...>", run: unloadModels },
];

/** `irene models …`. */
export function addModelCommands(program: Command, line: CommandLine): void {
  const models = program.command("models").description("The models: on disk, in memory, in the catalog");
  line.addHouseCommand(
    models
      .command("list")
      .description("All models with size, memory and licence")
      .addOption(new Option("--capability <name>", "Only models for this").choices(CAPABILITIES))
      .option("--language <code>", "Only models for this language")
      .option("--installed", "Only those on disk"),
    { flags: "house", run: listModels },
  );
  for (const { name, description, argument, run, talkative = false } of ON_NAMED_MODELS) {
    const command = models.command(name).description(description).argument(argument);
    line.addHouseCommand(command, { flags: "house", run, talkative });
  }
  line.addHouseCommand(
    models
      .command("use")
      .description("Let another model answer, at once and after restarts; requests go on meanwhile")
      .addArgument(new Argument("<capability>", "What for").choices(SWITCHABLE))
      .argument("<model>", "Id or provider; auto leaves it to the settings again"),
    { flags: "voice", run: useModel },
  );
  line.addHouseCommand(
    models
      .command("gc")
      .description("Remove unfinished downloads, damaged models and models the catalog does not have")
      .option("--dry-run", "Only say what would be removed"),
    { flags: "house", run: collectGarbage },
  );
}
