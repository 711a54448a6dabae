import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.js";
import { AssetError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { formatBytes } from "../base/units.js";
import type { ModelManifest, ModelSource } from "../catalog/manifest.js";
import { type DiskSpace, orDiskFull } from "./disk/disk-space.js";
import { writeJson } from "./disk/durable.js";
import { type Layout, RECORD_NAME } from "./disk/layout.js";
import type { ModelRecord } from "./disk/record.js";
import type { Downloaded, Downloader } from "./http/downloader.js";
import { KnownChecksums } from "./known-checksums.js";
import type { AssetState } from "./model-store.js";
import { ProgressMeter } from "./progress-meter.js";
import type { FindTarball } from "./sources/npm-plan.js";
import type { PlannedDownload, SourcePlan } from "./sources/plan.js";
import { planSource } from "./sources/plan-source.js";
import { verifyStaged } from "./verify-staged.js";

/** What pulling a model works with. */
export interface PullTools {
  readonly layout: Layout;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly disk: DiskSpace;
  readonly downloader: Downloader;
  readonly findTarball: FindTarball;
  readonly onState: (state: AssetState) => void;
  /** Another source of the model is left to try. */
  readonly hasAlternative: boolean;
}

/** An archive and what it unpacks to lie side by side for a moment: so much of its size is needed in all. */
const ARCHIVE_FACTOR = 2.2;

/**
 * Puts a model together in `staging` from one of its sources, complete with its record. Nothing else is touched; a
 * failure leaves at most a partial download to be continued.
 * @throws {AssetError} every code but `offline`
 */
export async function pull(
  manifest: ModelManifest,
  source: ModelSource,
  staging: string,
  tools: PullTools,
  signal: AbortSignal,
): Promise<ModelRecord> {
  const { layout, clock, onState } = tools;
  try {
    await rm(staging, { recursive: true, force: true });
    await mkdir(join(staging, WORK), { recursive: true });
    const plan = await planSource(source, manifest.files, tools.findTarball);
    signal.throwIfAborted();
    const known = await KnownChecksums.read(layout.known(manifest.id));
    const done = await fetchAll(manifest, plan, known, tools, signal);
    const fetched = new Map([...done].map(([key, { path }]) => [key, path]));
    await assemble(manifest, plan, fetched, staging, tools, signal);
    onState({ name: "verifying", bytesTotal: await knownBytes(manifest) });
    const files = await verifyStaged(staging, manifest.files, plan, signal);
    const obtainedAt = new Date(clock.nowMs()).toISOString();
    const record: ModelRecord = { format: 1, id: manifest.id, obtainedAt, files };
    await writeJson(join(staging, RECORD_NAME), record);
    // Only now: what turned out to be no model must not be demanded ever after.
    for (const { key, url } of plan.downloads) {
      const file = done.get(key);
      if (file) await known.add(url, { sha256: file.sha256, bytes: file.bytes, firstSeenAt: obtainedAt });
    }
    return record;
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    const failure = orDiskFull(error, `Getting ${manifest.id}`);
    if (failure !== error) await rm(layout.partialDir(manifest.id), { recursive: true, force: true });
    throw failure;
  }
}

const WORK = ".work";

async function fetchAll(
  manifest: ModelManifest,
  { downloads }: SourcePlan,
  known: KnownChecksums,
  { layout, clock, downloader, disk, logger, onState, hasAlternative }: PullTools,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Downloaded>> {
  const done = new Map<string, Downloaded>();
  if (downloads.length === 0) return done;
  const sizes = new Map<string, number | undefined>();
  for (const { key, url, bytes } of downloads) {
    sizes.set(key, bytes ?? known.find(url)?.bytes ?? (await downloader.sizeOf(url, signal)));
  }
  const meter = new ProgressMeter(clock, sizes, (progress) => onState({ name: "downloading", ...progress }));
  const { bytesTotal } = meter.progress();
  const unpacks = downloads.some((download) => download.unpacks);
  await disk.require((bytesTotal ?? 0) * (unpacks ? ARCHIVE_FACTOR : 1), `Getting ${manifest.id}`);
  const size = bytesTotal === undefined ? "unknown" : formatBytes(bytesTotal).replace(" ", "");
  logger.info(`Downloading ${manifest.id} (size: ${size})`, { model: manifest.id });
  onState({ name: "downloading", ...meter.progress() });
  for (const download of downloads) {
    const { key } = download;
    const path = join(layout.partialDir(manifest.id), `${key}.partial`);
    const onBytes = (bytes: number, total: number | undefined) => meter.update(key, bytes, total);
    const file = await downloader
      .download({ ...withKnown(download, known), hasAlternative }, path, onBytes, signal)
      .catch((error: unknown) => {
        throw isUnlikeFirst(error, download, known)
          ? replaced(download, layout.known(manifest.id), error)
          : error;
      });
    meter.update(key, file.bytes, file.bytes);
    done.set(key, file);
  }
  return done;
}

/** The download with the checksum of its first time, where nobody publishes one. */
function withKnown(download: PlannedDownload, known: KnownChecksums): PlannedDownload {
  if (download.sha256 ?? download.integrity ?? download.md5) return download;
  const before = known.find(download.url);
  return before ? { ...download, sha256: before.sha256 } : download;
}

function isUnlikeFirst(error: unknown, download: PlannedDownload, known: KnownChecksums): boolean {
  return (
    error instanceof AssetError && error.code === "asset-corrupt" && withKnown(download, known) !== download
  );
}

function replaced({ url }: PlannedDownload, record: string, cause: unknown): AssetError {
  return new AssetError(
    "asset-corrupt",
    `${url} is no longer the file it was at its first download and was thrown away; ` +
      `if you trust the new one, remove ${record}`,
    { cause },
  );
}

async function assemble(
  manifest: ModelManifest,
  plan: SourcePlan,
  fetched: ReadonlyMap<string, string>,
  staging: string,
  { layout, logger, onState }: PullTools,
  signal: AbortSignal,
): Promise<void> {
  let scratches = 0;
  let unpackedBytes = 0;
  let told = 0;
  await plan.assemble(fetched, {
    staging,
    signal,
    scratch: (name) => {
      scratches += 1;
      return join(staging, WORK, `${scratches}-${name}`);
    },
    onExtract: () => {
      logger.info(`Extracting archive to: ${layout.modelDir(manifest.id)}/`, { model: manifest.id });
      onState({ name: "extracting", bytesDone: 0, bytesTotal: undefined });
    },
    onUnpacked: (bytes) => {
      unpackedBytes += bytes;
      if (unpackedBytes - told < TELL_EVERY_BYTES) return;
      told = unpackedBytes;
      onState({ name: "extracting", bytesDone: unpackedBytes, bytesTotal: undefined });
    },
  });
  await rm(join(staging, WORK), { recursive: true, force: true });
}

const TELL_EVERY_BYTES = 16 * 1024 ** 2;

const knownBytes = (manifest: ModelManifest): number =>
  manifest.files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
