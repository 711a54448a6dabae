import PQueue from "p-queue";
import { type Clock, sleep } from "../../base/clock.js";
import { AssetError, messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import { formatDuration } from "../../base/units.js";
import { Digest, type Expected } from "../disk/digest.js";
import { type DiskSpace, orDiskFull } from "../disk/disk-space.js";
import { type AddressPolicy, mirrored } from "./address.js";
import { AttemptError } from "./attempt-error.js";
import { HttpClient } from "./http-client.js";
import { PartialFile, sizeOf } from "./partial-file.js";
import { RETRY_POLICY, retryDelayMs } from "./retry-policy.js";
import { Throttle } from "./throttle.js";
import { RangeRefused, type TransferJob, transfer } from "./transfer.js";

export interface DownloaderOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly disk: DiskSpace;
  readonly addresses: AddressPolicy;
  /** Cap over all transfers. */
  readonly bytesPerSecond?: number;
  /** Files at a time; 1 by default, for the sake of SD cards. */
  readonly concurrency?: number;
  /** In [0, 1), for the jitter. */
  readonly random?: () => number;
}

/** One file to fetch. */
export interface Download extends Expected {
  readonly url: string;
  readonly bytes?: number;
  /** The same can be had elsewhere: a host that sends nothing at all is given up sooner. */
  readonly hasAlternative?: boolean;
}

export interface Downloaded {
  /** The whole file, still under its partial name: move it away. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where a download is. */
export type OnBytes = (doneBytes: number, totalBytes: number | undefined) => void;

/** Larger than any model of the catalog: bounds a body that never ends. */
const MAX_FILE_BYTES = 8 * 1024 ** 3;

/** A server may be wrong about ranges this often, over all attempts at a file. */
const MAX_RESTARTS = 20;
const LASTING = { again: false } as const;

/** Fetches files whole or not at all: resumes what broke off, repeats what may pass, checks what came. */
export class Downloader {
  readonly #options: DownloaderOptions;
  readonly #http: HttpClient;
  readonly #throttle: Throttle;
  readonly #queue: PQueue;

  constructor(options: DownloaderOptions) {
    this.#options = options;
    this.#http = new HttpClient(options);
    this.#throttle = new Throttle(options.clock, options.bytesPerSecond);
    this.#queue = new PQueue({ concurrency: options.concurrency ?? 1 });
  }

  /**
   * Fetches a file to `path`, continuing what an earlier try left there. Files wait for their turn.
   * @throws {AssetError} `download-failed`, `asset-corrupt`, `disk-full`
   */
  async download(
    file: Download,
    path: string,
    onBytes: OnBytes,
    signal: AbortSignal,
    maxBytes = MAX_FILE_BYTES,
  ): Promise<Downloaded> {
    // The queue is not told of the signal: it would answer at once, while the file is still being written.
    return this.#queue.add(() => this.#download(file, path, onBytes, signal, maxBytes));
  }

  /** Size of what lies at an address, as far as its server tells. Never fails. */
  async sizeOf(url: string, signal: AbortSignal): Promise<number | undefined> {
    const answer = await this.#http
      .ask("HEAD", mirrored(url, this.#options.addresses), {}, signal)
      .catch(() => undefined);
    const length = answer?.status === 200 ? answer.header("content-length") : undefined;
    return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
  }

  async close(): Promise<void> {
    this.#queue.clear();
    await this.#http.close();
  }

  async #download(
    file: Download,
    path: string,
    onBytes: OnBytes,
    signal: AbortSignal,
    maxBytes: number,
  ): Promise<Downloaded> {
    signal.throwIfAborted();
    const partial = new PartialFile(path);
    try {
      await partial.open();
      const sha256 = await this.#whole({ file, partial, onBytes, maxBytes }, signal);
      await partial.checkpoint(sha256);
      return { path, bytes: await sizeOf(path), sha256 };
    } catch (error) {
      const failure = orDiskFull(error, `Downloading ${file.url}`);
      const useless = failure instanceof AssetError && failure.code !== "download-failed";
      if (useless) await partial.discard();
      throw failure;
    } finally {
      await partial.close();
    }
  }

  /** The file's SHA-256 once complete and as expected. One pieced together wrongly gets a new try as a whole. */
  async #whole(task: Task, signal: AbortSignal): Promise<string> {
    const { file, partial } = task;
    const hadBytes = partial.bytes > 0;
    const { digest, attempts } = await this.#complete(task, signal);
    const first = digest.finish();
    if (!first.mismatch) return first.sha256;
    if (!hadBytes && attempts === 1) throw corrupt(file.url, first.mismatch);
    this.#options.logger.warn(`${file.url} came out wrong after continuing an older part; starting over`);
    await partial.restart({ url: file.url });
    const second = (await this.#complete(task, signal)).digest.finish();
    if (!second.mismatch) return second.sha256;
    throw corrupt(file.url, second.mismatch);
  }

  /** Repeats the transfer until the file is complete or there is no hope. */
  async #complete(task: Task, signal: AbortSignal): Promise<{ digest: Digest; attempts: number }> {
    const { clock, random = Math.random, logger, disk } = this.#options;
    const job = this.#jobFor(task);
    const tools = { http: this.#http, clock, disk, throttle: this.#throttle };
    let failures = 0;
    // The furthest byte known to be new: fetching the same part again and again is no progress.
    let reached = task.partial.bytes;
    const before = task.partial.bytes;
    for (let attempts = 1; ; attempts += 1) {
      try {
        return { digest: await transfer(job, tools, signal), attempts };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof RangeRefused && attempts <= MAX_RESTARTS) {
          logger.info(`${error.message}; starting over`, { url: job.url });
          await task.partial.restart({ url: job.url });
          continue;
        }
        const failure = error instanceof RangeRefused ? new AttemptError(error.message, LASTING) : error;
        if (!(failure instanceof AttemptError)) throw failure;
        if (task.partial.bytes - reached >= RETRY_POLICY.progressBytes) {
          reached = task.partial.bytes;
          failures = 0;
        }
        failures += 1;
        const { retryAfterMs } = failure;
        const tooLong = (retryAfterMs ?? 0) > RETRY_POLICY.maxRetryAfterMs;
        const silent = task.file.hasAlternative === true && task.partial.bytes === before;
        const patience = silent ? RETRY_POLICY.attemptsWithAlternative : RETRY_POLICY.attempts;
        if (!failure.again || tooLong || failures >= patience) {
          throw failed(job.url, failure, tooLong);
        }
        const delayMs = retryDelayMs(RETRY_POLICY, failures, random(), retryAfterMs);
        logger.info(`${failure.message}; trying again in ${formatDuration(delayMs)}`, {
          url: job.url,
          failures,
        });
        await sleep(clock, delayMs, signal);
      }
    }
  }

  #jobFor({ file, partial, onBytes, maxBytes }: Task): TransferJob {
    return {
      url: mirrored(file.url, this.#options.addresses),
      partial,
      bytes: file.bytes,
      hasChecksum: Boolean(file.sha256 ?? file.integrity ?? file.md5),
      maxBytes,
      newDigest: () => new Digest(file),
      onBytes,
    };
  }
}

interface Task {
  readonly file: Download;
  readonly partial: PartialFile;
  readonly onBytes: OnBytes;
  readonly maxBytes: number;
}

function failed(url: string, cause: AttemptError, tooLong: boolean): AssetError {
  const wait = tooLong ? `, and asks to wait ${formatDuration(cause.retryAfterMs ?? 0)}` : "";
  return new AssetError(
    "download-failed",
    `${url} could not be downloaded: ${messageOf(cause)}${wait}; check the network and try again`,
    { cause },
  );
}

function corrupt(url: string, mismatch: string): AssetError {
  return new AssetError(
    "asset-corrupt",
    `${url} is not the file expected (${mismatch}); it was thrown away. Update the catalog if the file was replaced`,
  );
}
