import { AssetError } from "../../base/errors.js";
import { formatBytes, formatDuration } from "../../base/units.js";
import type { ModelSnapshot } from "../../sessions/snapshot.js";
import type { House } from "../house.js";
import { actOnModels } from "./act-on-models.js";
import type { CommandCall } from "./command-line.js";
import { EXIT, type ExitCode } from "./exit-code.js";
import { withProgress } from "./progress.js";
import { assetWords } from "./status-text.js";

/** `irene models pull ID…`. */
export const pullModels = (house: House, { args, output }: CommandCall): Promise<ExitCode> =>
  withProgress(house, output, (progress) =>
    actOnModels(house, args, output, async (id) => {
      await house.pull(id).finally(() => progress.end());
      return { message: `downloaded and whole, ${assetWords(await modelOf(house, id))}` };
    }),
  );

/** `irene models check [ID…]`: all that are on disk without any named. */
export async function checkModels(house: House, { args, output }: CommandCall): Promise<ExitCode> {
  const onDisk = (await house.status()).models.filter(({ asset }) =>
    asset.name === "present" ? asset.bytes > 0 : asset.name === "corrupt",
  );
  const names = args.length > 0 ? args : onDisk.map(({ id }) => id);
  if (names.length === 0 && !output.json) {
    output.line("No model is on disk.");
    return EXIT.done;
  }
  return actOnModels(house, names, output, async (id) => {
    const wrong = await house.check(id);
    if (wrong) throw new AssetError("asset-missing", wrong);
    const { asset } = await modelOf(house, id);
    return { message: `whole, ${assetWords({ asset })}`, facts: { asset } };
  });
}

/** `irene models rm ID…`. */
export const removeModels = (house: House, { args, output }: CommandCall): Promise<ExitCode> =>
  actOnModels(house, args, output, async (id) => {
    await house.remove(id);
    return { message: "removed" };
  });

/** `irene models warm-up ID…`: also by provider, to try one by hand. */
export const warmUpModels = (house: House, { args, output }: CommandCall): Promise<ExitCode> =>
  withProgress(house, output, (progress) =>
    actOnModels(house, args, output, async (id) => {
      await house.warmUp(id).finally(() => progress.end());
      const model = await modelOf(house, id);
      const { loadMs, warmUpMs, memoryBytes, memorySource } = model;
      return { message: warmUpText(model), facts: { loadMs, warmUpMs, memoryBytes, memorySource } };
    }),
  );

function warmUpText({ title, loadMs, warmUpMs, memoryBytes, memorySource }: ModelSnapshot): string {
  const load = loadMs === undefined ? "" : `, loaded in ${formatDuration(loadMs)}`;
  const warm = warmUpMs === undefined ? "" : `, warmed up in ${formatDuration(warmUpMs)}`;
  return `${title} warmed up successfully${load}${warm}, holds ${formatBytes(memoryBytes)} (${memorySource})`;
}

/** `irene models unload ID…`. */
export const unloadModels = (house: House, { args, output }: CommandCall): Promise<ExitCode> =>
  actOnModels(house, args, output, async (id) => {
    await house.unload(id);
    return { message: "unloaded" };
  });

/** `irene models gc`: removes what serves no model, or tells what it would remove. */
export async function collectGarbage(house: House, { flags, output }: CommandCall): Promise<undefined> {
  const dryRun = flags["dryRun"] === true;
  const garbage = await house.collectGarbage(!dryRun);
  const bytes = garbage.reduce((sum, each) => sum + each.bytes, 0);
  if (output.json) {
    output.line(JSON.stringify({ removed: !dryRun, bytes, garbage }, null, 2));
    return;
  }
  for (const { path, bytes: size, why } of garbage) output.line(`${path}  ${formatBytes(size)}  ${why}`);
  if (garbage.length === 0) output.line("Nothing to remove: every file belongs to a model.");
  else output.line(`${dryRun ? "Would free" : "Freed"} ${formatBytes(bytes)}.`);
}

async function modelOf(house: House, id: string): Promise<ModelSnapshot> {
  const found = (await house.status()).models.find((model) => model.id === id);
  if (found) return found;
  throw new AssetError("asset-missing", `${id} disappeared while it was worked on.`);
}
