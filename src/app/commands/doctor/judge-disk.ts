import { RESERVE_BYTES } from "../../../assets/disk/disk-space.js";
import { formatBytes } from "../../../base/units.js";
import { about, type Finding } from "./finding.js";

/** What trying to write into the data folder gave. */
export interface FolderFacts {
  readonly dir: string;
  /** Why nothing can be written; absent when it can. */
  readonly obstacle?: string;
  /** Type of the file system as `statfs` numbers it. */
  readonly fileSystem?: number;
}

/** @see https://man7.org/linux/man-pages/man2/statfs.2.html */
const FORGETFUL: Readonly<Record<number, string>> = {
  16914836: "lies in memory (tmpfs): all models are gone after a restart",
  2035054128: "lies inside the container: all models are gone when it is replaced",
};

export function judgeDataFolder({ dir, obstacle, fileSystem }: FolderFacts): Finding {
  const { ok, warn, fail } = about("data-folder");
  if (obstacle !== undefined) {
    return fail(
      `Nothing can be written to the data folder ${dir}: ${obstacle}.`,
      "Give the user of this program the right to write there, or name another folder with data_dir.",
    );
  }
  const forgetful = fileSystem === undefined ? undefined : FORGETFUL[fileSystem];
  return forgetful
    ? warn(`The data folder ${dir} ${forgetful}.`, `Mount a volume at ${dir}.`)
    : ok(`The data folder ${dir} can be written.`);
}

const COMFORTABLE_BYTES = 1e9;

/** @param neededBytes what the next start would download, as far as known */
export function judgeFreeDisk(freeBytes: number, neededBytes: number): Finding {
  const { ok, warn, fail } = about("disk");
  const free = `${formatBytes(freeBytes)} of disk are free`;
  const advice = "Remove models with `irene models rm`, run `irene models gc`, or free the disk otherwise.";
  if (freeBytes - RESERVE_BYTES < neededBytes) {
    const need = neededBytes > 0 ? `, and ${formatBytes(neededBytes)} are to be downloaded` : "";
    return fail(`${free}${need}; ${formatBytes(RESERVE_BYTES)} always stay free.`, advice);
  }
  return freeBytes < COMFORTABLE_BYTES ? warn(`Only ${free}.`, advice) : ok(`${free}.`);
}
