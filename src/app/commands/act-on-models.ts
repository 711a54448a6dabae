import { messageOf, VoiceError } from "../../base/errors.js";
import type { House } from "../house.js";
import { EXIT, type ExitCode, exitCodeOfCommand } from "./exit-code.js";
import type { Output } from "./output.js";

/** What happened to one model, and what machines are told besides. */
export interface Done {
  readonly message: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/**
 * Does something to each model in turn; one that fails does not keep the others from theirs.
 * @param names as people write them
 * @returns the exit code: 2 when a name means nothing, else 1 when anything failed
 */
export async function actOnModels(
  house: House,
  names: readonly string[],
  output: Output,
  act: (id: string) => Promise<Done>,
): Promise<ExitCode> {
  const results: Record<string, unknown>[] = [];
  let worst: ExitCode = EXIT.done;
  for (const name of names) {
    let model = name;
    try {
      model = await house.find(name);
      const { message, facts } = await act(model);
      results.push({ name, model, ok: true, message, ...facts });
      if (!output.json) output.line(`${shown(name, model)}: ${message}`);
    } catch (error) {
      const code = error instanceof VoiceError ? error.code : "internal";
      results.push({ name, model, ok: false, code, message: messageOf(error) });
      if (!output.json) output.line(`${shown(name, model)}: ${messageOf(error)}`);
      const exit = exitCodeOfCommand(error);
      worst = exit > worst ? exit : worst;
    }
  }
  if (output.json) output.line(JSON.stringify(results, null, 2));
  return worst;
}

/** The name as given, with the id it stands for when that is another. */
const shown = (name: string, model: string): string => (name === model ? model : `${name} (${model})`);
