import { dirname } from "node:path";
import { messageOf } from "../../../base/errors.js";
import type { Config } from "../../../config/schema.js";
import type { Foresight } from "../../../sessions/foresight.js";
import type { Snapshot } from "../../../sessions/snapshot.js";
import type { House } from "../../house.js";
import { openHouse } from "../../open-house.js";
import type { Environment } from "../command-line.js";
import { about, type Finding } from "./finding.js";
import { judgeDataFolder, judgeFreeDisk } from "./judge-disk.js";
import { judgeGarbage, judgeModels, judgePlan, judgeServer } from "./judge-models.js";
import { freeDiskBytes, tryFolder } from "./looks.js";

/** What the house says, as far as it could be asked. */
export interface HouseReport {
  readonly findings: readonly Finding[];
  readonly foresight?: Foresight;
  /** Of the server, when one runs. */
  readonly running?: Snapshot;
}

/** @param deep compares every file on disk with its checksum */
export async function examineHouse(config: Config, env: Environment, deep: boolean): Promise<HouseReport> {
  const folder = judgeDataFolder(await tryFolder(config.data_dir));
  try {
    const remarks: string[] = [];
    // Findings say in words what the log would say beside them.
    const quiet = { ...config, log: { ...config.log, level: "error" as const } };
    const house = await openHouse(quiet, env, { remark: (sentence) => remarks.push(sentence) });
    try {
      const report = await askHouse(house, deep);
      const stale = remarks.map((sentence) =>
        about("server").warn(sentence, "Start the server again; its log may say why it ended."),
      );
      return { ...report, findings: [folder, ...stale, await disk(config, report), ...report.findings] };
    } finally {
      await house.close();
    }
  } catch (error) {
    const advice = "Correct what it names; nothing can be loaded before.";
    return { findings: [folder, about("house").fail(messageOf(error), advice)] };
  }
}

async function askHouse(house: House, deep: boolean): Promise<HouseReport> {
  if (deep) {
    const { models } = await house.status();
    // What is wrong shows in the state of the model from then on.
    for (const { id, asset } of models) if (asset.name === "present") await house.check(id);
  }
  const [snapshot, foresight, garbage] = [
    await house.status(),
    await house.plan(),
    await house.collectGarbage(false),
  ];
  const running = house.kind === "server" ? snapshot : undefined;
  return {
    findings: [
      judgeServer(running),
      ...judgePlan(foresight),
      ...judgeModels(snapshot.models),
      judgeGarbage(garbage),
    ],
    foresight,
    ...(running ? { running } : {}),
  };
}

async function disk(config: Config, { foresight }: HouseReport): Promise<Finding> {
  const needed = (foresight?.downloads ?? []).reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const freeBytes = await freeDiskBytes(config.data_dir).catch(() =>
    // A folder that is not there yet will be made on the disk of the one above it.
    freeDiskBytes(dirname(config.data_dir)),
  );
  return judgeFreeDisk(freeBytes, needed);
}
