import { formatBytes } from "../../base/units.js";
import { matchLanguages } from "../../catalog/language.js";
import type { ModelSnapshot, Snapshot } from "../../sessions/snapshot.js";
import type { House } from "../house.js";
import type { CommandCall } from "./command-line.js";
import { assetWords } from "./status-text.js";
import { table } from "./table.js";
import { textFlags } from "./text-flags.js";

/** `irene models list`. */
export async function listModels(house: House, { flags, output }: CommandCall): Promise<undefined> {
  const { capability, language } = textFlags(flags, ["capability", "language"]);
  const snapshot = await house.status();
  const wanted = snapshot.models.filter(
    (model) =>
      (!capability || model.capability === capability) &&
      (!language || matchLanguages(model.languages, language) > 0) &&
      (flags["installed"] !== true || model.asset.name === "present"),
  );
  if (output.json) {
    output.line(JSON.stringify(wanted, null, 2));
    return;
  }
  output.line(
    table([
      ["model", "for", "languages", "files", "memory", "fits", "licence"],
      ...wanted.map((model) => row(model, snapshot)),
    ]),
  );
}

function row(model: ModelSnapshot, { memory }: Snapshot): readonly string[] {
  const languages =
    model.languages.length > 4 ? `${model.languages.length} languages` : model.languages.join(" ");
  return [
    model.id,
    model.capability,
    languages,
    assetWords(model),
    `${formatBytes(model.memoryBytes)} ${model.memorySource}`,
    model.memoryBytes <= memory.budgetBytes ? "yes" : "no",
    model.commercial ? model.licence : `${model.licence} (not for commercial use)`,
  ];
}
