import { readFile } from "node:fs/promises";
import { messageOf } from "../../base/errors.js";
import type { TranscribeResult } from "../../sessions/voice.js";
import type { House } from "../house.js";
import { CommandError } from "./command-error.js";
import type { CommandCall } from "./command-line.js";
import { withProgress } from "./progress.js";
import { textFlags } from "./text-flags.js";

/** `irene transcribe FILE.wav`: the text on standard output. */
export async function transcribe(house: House, { args, flags, output }: CommandCall): Promise<undefined> {
  const [file = ""] = args;
  const { model, ...options } = textFlags(flags, ["model", "language"]);
  const wav = await readFile(file).catch((error: unknown) => {
    throw new CommandError("file-unreadable", `${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  });
  const named = model === undefined ? {} : { model: await house.find(model, "stt") };
  const explain = flags["explain"] === true;
  const result = await withProgress(house, output, async () => {
    if (explain) await house.listen(options.language);
    return house.transcribe(wav, { ...options, ...named });
  });
  if (output.json) {
    output.line(JSON.stringify(result, null, 2));
    return;
  }
  if (result.degraded) output.remark(result.degraded);
  if (result.text === "") output.remark("Nothing was heard.");
  output.line(result.text);
  if (explain) for (const line of explanation(result)) output.line(line);
}

/** Who answered and why, a line each. */
export function explanation({
  model,
  decided,
  why,
  command,
  confidence,
  degraded,
}: TranscribeResult): readonly string[] {
  const roles = { command: "it is a command of this home", dictation: "it is no command of this home" };
  const near = command && {
    heard: command.heard === "" ? "nothing it knows" : `"${command.heard}"`,
    nearest:
      command.text === ""
        ? "none"
        : `"${command.text}" (${command.intent}), distance ${command.distance.toFixed(2)}, confidence ${command.confidence.toFixed(2)}`,
  };
  return [
    `answered by ${model || "nobody"}${confidence === undefined ? "" : `, confidence ${confidence.toFixed(2)}`}`,
    decided ? `${roles[decided]}${why ? `: ${why}` : ""}` : "commands were not listened for",
    ...(near ? [`as a command it was heard as ${near.heard}; nearest sentence: ${near.nearest}`] : []),
    ...(degraded ? [degraded] : []),
  ].map((line) => `  ${line}`);
}
