import { ConfigError, messageOf } from "../../base/errors.js";
import { formatBytes } from "../../base/units.js";
import { matchLanguages } from "../../catalog/language.js";
import type { ModelSnapshot, Snapshot } from "../../sessions/snapshot.js";
import type { House } from "../house.js";
import { assetWords, type Output, table } from "./output.js";
import { DownloadProgress } from "./progress.js";

export interface ListFlags {
  readonly capability?: string;
  readonly language?: string;
  readonly installed?: boolean;
}

/** `irene models list`. */
export async function listModels(house: House, flags: ListFlags, output: Output): Promise<void> {
  const snapshot = await house.status();
  const wanted = snapshot.models.filter(
    (model) =>
      (!flags.capability || model.capability === flags.capability) &&
      (!flags.language || matchLanguages(model.languages, flags.language) > 0) &&
      (!flags.installed || model.asset.name === "present"),
  );
  if (output.json) output.line(JSON.stringify(wanted, null, 2));
  else
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

/** Does something to each model in turn; one that fails does not keep the others from theirs. Fails when any did. */
async function each(
  ids: readonly string[],
  output: Output,
  act: (id: string) => Promise<string>,
): Promise<void> {
  const results: { model: string; ok: boolean; message: string }[] = [];
  for (const model of ids) {
    try {
      results.push({ model, ok: true, message: await act(model) });
    } catch (error) {
      results.push({ model, ok: false, message: messageOf(error) });
    }
    const last = results.at(-1);
    if (last && !output.json) output.line(`${last.model}: ${last.message}`);
  }
  if (output.json) output.line(JSON.stringify(results, null, 2));
  const failed = results.filter(({ ok }) => !ok).length;
  if (failed > 0) process.exitCode = 1;
}

/** `irene models pull ID…`. */
export async function pullModels(house: House, ids: readonly string[], output: Output): Promise<void> {
  const progress = new DownloadProgress(output);
  const stop = new AbortController();
  const watching = house.watch((snapshot) => progress.show(snapshot), stop.signal).catch(() => undefined);
  try {
    await each(ids, output, async (id) => {
      await house.pull(id);
      progress.end();
      return "downloaded and whole";
    });
  } finally {
    stop.abort();
    await watching;
  }
}

/** `irene models check [ID…]`: all present ones without any named. */
export async function checkModels(house: House, ids: readonly string[], output: Output): Promise<void> {
  const present = (await house.status()).models
    .filter(({ asset }) => asset.name !== "missing")
    .map(({ id }) => id);
  await each(ids.length > 0 ? ids : present, output, async (id) => {
    const wrong = await house.check(id);
    if (wrong) throw new ConfigError("config-unknown-model", wrong);
    return "whole";
  });
}

/** `irene models rm ID…`. */
export const removeModels = (house: House, ids: readonly string[], output: Output): Promise<void> =>
  each(ids, output, async (id) => {
    await house.remove(id);
    return "removed";
  });

/** `irene models warm-up ID…`. */
export const warmUpModels = (house: House, ids: readonly string[], output: Output): Promise<void> =>
  each(ids, output, async (id) => {
    await house.warmUp(id);
    return "warmed up successfully";
  });

/** `irene models unload ID…`. */
export const unloadModels = (house: House, ids: readonly string[], output: Output): Promise<void> =>
  each(ids, output, async (id) => {
    await house.unload(id);
    return "unloaded";
  });
