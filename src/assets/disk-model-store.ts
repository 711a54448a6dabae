import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { type Clock, sleep } from "../base/clock.js";
import { Emitter } from "../base/emitter.js";
import { AssetError, InternalError, messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { formatBytes } from "../base/units.js";
import type { ModelManifest } from "../catalog/manifest.js";
import { hashFile } from "./disk/digest.js";
import { DiskSpace } from "./disk/disk-space.js";
import { ensureFolder } from "./disk/durable.js";
import { Layout } from "./disk/layout.js";
import { ModelLock } from "./disk/model-lock.js";
import { type ModelRecord, readRecord, totalBytes } from "./disk/record.js";
import { fromSources } from "./from-sources.js";
import { findGarbage, type GarbageItem, type GarbageSource, removeGarbage } from "./garbage.js";
import type { AddressPolicy } from "./http/address.js";
import { Downloader } from "./http/downloader.js";
import type { AssetState, ModelFiles, ModelStore } from "./model-store.js";
import { isOutdated } from "./outdated.js";
import { publish, takeAway, withdraw } from "./publish.js";
import { pull } from "./pull.js";
import { SharedTasks } from "./shared-tasks.js";
import { findTarball, type NpmSettings } from "./sources/npm-registry.js";
import { isWhole, sweep } from "./sweep.js";

/** How a store is to behave. */
export interface ModelStoreOptions {
  /** Folder of all models. Made when missing. */
  readonly dir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Models whose state shall be known from the start though they have no files. */
  readonly models?: Iterable<ModelManifest>;
  /** True: nothing is fetched, only what is on disk serves. */
  readonly offline?: boolean;
  readonly npm: NpmSettings;
  readonly addresses?: AddressPolicy;
  /** Cap over all downloads. */
  readonly bytesPerSecond?: number;
  /** Files downloaded at a time; 1 by default. */
  readonly concurrency?: number;
  /** Bytes of the disk never used. */
  readonly reserveBytes?: number;
  /** In [0, 1), for the jitter of retries. */
  readonly random?: () => number;
}

/** How often a model that another process is getting is looked for. */
const LOOK_EVERY_MS = 500;

/** The models in a folder. A folder is a model only once it is whole and has its record. */
export class DiskModelStore implements ModelStore, GarbageSource {
  readonly #options: ModelStoreOptions;
  readonly #layout: Layout;
  readonly #disk: DiskSpace;
  readonly #downloader: Downloader;
  readonly #states: Map<string, AssetState>;
  readonly #events: Emitter<{ change: { readonly id: string; readonly state: AssetState } }>;
  readonly #tasks = new SharedTasks<ModelFiles>();

  private constructor(options: ModelStoreOptions, present: ReadonlyMap<string, ModelRecord>) {
    const { clock, logger, addresses = {}, bytesPerSecond, concurrency, random } = options;
    this.#options = options;
    this.#layout = new Layout(options.dir);
    this.#disk = new DiskSpace(options.dir, options.reserveBytes);
    this.#events = new Emitter((error) => logger.error(`A listener failed: ${messageOf(error)}`));
    this.#downloader = new Downloader({
      clock,
      logger,
      disk: this.#disk,
      addresses,
      ...(bytesPerSecond && { bytesPerSecond }),
      ...(concurrency && { concurrency }),
      ...(random && { random }),
    });
    const states = [...present].map(([id, record]) => [id, presentState(record)] as const);
    this.#states = new Map(states);
    for (const { id, files } of options.models ?? []) {
      if (files.length === 0) this.#states.set(id, { name: "present", bytes: 0 });
    }
  }

  /**
   * Opens the folder: removes what interrupted downloads have left and looks which models are there.
   * @throws {AssetError} `asset-missing` when the folder cannot be used
   */
  static async open(options: ModelStoreOptions): Promise<DiskModelStore> {
    try {
      await ensureFolder(resolve(options.dir));
      return new DiskModelStore(options, await sweep(new Layout(options.dir), options.clock));
    } catch (error) {
      throw new AssetError(
        "asset-missing",
        `The models folder ${options.dir} cannot be used: ${messageOf(error)}; check that it exists and is writable`,
        { cause: error },
      );
    }
  }

  state(id: string): AssetState {
    return this.#states.get(id) ?? { name: "missing" };
  }

  /** Ids of all models on disk. */
  present(): ReadonlySet<string> {
    const ids = [...this.#states].filter(([, state]) => state.name === "present").map(([id]) => id);
    return new Set(ids);
  }

  async find(manifest: ModelManifest): Promise<ModelFiles | undefined> {
    const dir = this.#layout.modelDir(manifest.id);
    if (manifest.files.length === 0) {
      if (this.state(manifest.id).name === "missing")
        this.#change(manifest.id, { name: "present", bytes: 0 });
      return { dir, paths: {} };
    }
    const record = await readRecord(this.#layout.record(manifest.id));
    if (!record) {
      if (this.state(manifest.id).name === "present") this.#change(manifest.id, { name: "missing" });
      return undefined;
    }
    const roles = new Set(record.files.map(({ role }) => role));
    // An entry that changed since may ask for a file the model does not have.
    const complete = manifest.files.every(({ role }) => roles.has(role)) && (await isWhole(dir, record));
    if (!complete) {
      if (!this.#tasks.has(manifest.id)) {
        this.#change(manifest.id, {
          name: "corrupt",
          reason: "files are missing or have changed their size",
        });
      }
      return undefined;
    }
    if (await isOutdated(record)) {
      if (!this.#tasks.has(manifest.id)) this.#change(manifest.id, { name: "missing" });
      return undefined;
    }
    if (this.state(manifest.id).name !== "present") this.#change(manifest.id, presentState(record));
    return {
      dir,
      paths: Object.fromEntries(manifest.files.map(({ role, path }) => [role, join(dir, path)])),
    };
  }

  async obtain(manifest: ModelManifest, signal?: AbortSignal): Promise<ModelFiles> {
    signal?.throwIfAborted();
    const found = await this.find(manifest);
    if (found) return found;
    return this.#tasks.run(manifest.id, (stop) => this.#obtain(manifest, stop), signal);
  }

  async check(manifest: ModelManifest): Promise<AssetState> {
    const { id } = manifest;
    if (!(await this.find(manifest))) return this.state(id);
    if (manifest.files.length === 0) return this.state(id);
    const record = await readRecord(this.#layout.record(id));
    if (!record) return this.state(id);
    this.#change(id, { name: "verifying", bytesTotal: totalBytes(record) });
    for (const { path, sha256 } of record.files) {
      const found = await hashFile(join(this.#layout.modelDir(id), path)).catch(messageOf);
      if (found === sha256) continue;
      await withdraw(this.#layout, id);
      this.#change(id, { name: "corrupt", reason: `${path} is not what was downloaded` });
      this.#options.logger.error(`${id}: ${path} is damaged; the model will be downloaded anew`, {
        model: id,
      });
      return this.state(id);
    }
    this.#change(id, presentState(record));
    return this.state(id);
  }

  /** @throws {AssetError} `asset-missing` while the model is being downloaded */
  async remove(manifest: ModelManifest): Promise<void> {
    const { id } = manifest;
    const lock = this.#tasks.has(id)
      ? undefined
      : await ModelLock.take(this.#layout.lock(id), this.#options.clock);
    if (!lock)
      throw new AssetError("asset-missing", `${id} is being downloaded; stop that first, then remove it`);
    try {
      await takeAway(this.#layout, id, unique());
      this.#change(id, { name: "missing" });
    } finally {
      await lock.release();
    }
  }

  async collectGarbage(known: ReadonlySet<string>, remove: boolean): Promise<readonly GarbageItem[]> {
    const { clock } = this.#options;
    const gone: GarbageItem[] = [];
    for (const found of await findGarbage(this.#layout, known, clock)) {
      if (this.#tasks.has(found.model)) continue;
      if (remove && !(await removeGarbage(this.#layout, found, clock))) continue;
      if (remove && found.path === found.model) this.#change(found.model, { name: "missing" });
      const { path, bytes, why } = found;
      gone.push({ path, bytes, why });
    }
    return gone;
  }

  onChange(listener: (id: string, state: AssetState) => void): () => void {
    return this.#events.on("change", ({ id, state }) => listener(id, state));
  }

  /** Stops all downloads; what they have is continued next time. */
  async close(): Promise<void> {
    await this.#tasks.stopAll(
      new AssetError("download-failed", "The download was stopped because the program ends"),
    );
    await this.#downloader.close();
  }

  async #obtain(manifest: ModelManifest, signal: AbortSignal): Promise<ModelFiles> {
    // Timers of the clock let the process end; a download under way must not.
    const awake = setInterval(() => undefined, 60_000);
    const before = this.state(manifest.id);
    try {
      const lock = await this.#turn(manifest, signal);
      if (!lock) return await this.#found(manifest);
      try {
        // Another process may have finished while the lock was being taken.
        return (await this.find(manifest)) ?? (await this.#pull(manifest, signal));
      } finally {
        await lock.release();
      }
    } catch (error) {
      this.#change(manifest.id, before.name === "corrupt" ? before : { name: "missing" });
      throw error;
    } finally {
      clearInterval(awake);
    }
  }

  /** The lock, or nothing once another process has got the model. */
  async #turn(manifest: ModelManifest, signal: AbortSignal): Promise<ModelLock | undefined> {
    const { clock, logger } = this.#options;
    for (let told = false; ; told = true) {
      const lock = await ModelLock.take(this.#layout.lock(manifest.id), clock);
      if (lock) return lock;
      if (!told)
        logger.info(`Waiting for another process that downloads ${manifest.id}`, { model: manifest.id });
      await sleep(clock, LOOK_EVERY_MS, signal);
      if (await this.find(manifest)) return undefined;
    }
  }

  async #found(manifest: ModelManifest): Promise<ModelFiles> {
    const files = await this.find(manifest);
    if (files) return files;
    throw new InternalError("invariant-broken", `${manifest.id} disappeared right after it was downloaded`);
  }

  async #pull(manifest: ModelManifest, signal: AbortSignal): Promise<ModelFiles> {
    const { clock, logger, npm, offline } = this.#options;
    const { id } = manifest;
    const own = unique();
    const staging = this.#layout.stagingDir(id, own);
    const tools = {
      layout: this.#layout,
      clock,
      logger,
      disk: this.#disk,
      downloader: this.#downloader,
      findTarball: (spec: string, pinned: string | undefined) => findTarball(spec, pinned, npm),
      onState: (state: AssetState) => this.#change(id, state),
    };
    const choice = { offline: offline === true, logger, signal };
    const record = await fromSources(manifest, choice, (source, hasAlternative) =>
      pull(manifest, source, staging, { ...tools, hasAlternative }, signal),
    );
    await publish(this.#layout, id, staging, own);
    const dir = this.#layout.modelDir(id);
    const [only, ...others] = manifest.files;
    const path = only && others.length === 0 ? join(dir, only.path) : `${dir}/`;
    logger.info(`Successfully downloaded: ${path}`, { model: id, size: formatBytes(totalBytes(record)) });
    this.#change(id, presentState(record));
    return this.#found(manifest);
  }

  #change(id: string, state: AssetState): void {
    this.#states.set(id, state);
    this.#events.emit("change", { id, state });
  }
}

const presentState = (record: ModelRecord): AssetState => ({ name: "present", bytes: totalBytes(record) });

/** Tells one process's folders from another's. */
const unique = (): string => `${process.pid}-${randomBytes(4).toString("hex")}`;
