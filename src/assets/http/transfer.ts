import type { Clock } from "../../base/clock.js";
import { AssetError } from "../../base/errors.js";
import { formatBytes, MIB } from "../../base/units.js";
import type { Digest } from "../disk/digest.js";
import type { DiskSpace } from "../disk/disk-space.js";
import { AttemptError, hostOf } from "./attempt-error.js";
import { guardedRead } from "./guarded-read.js";
import type { HttpAnswer, HttpClient } from "./http-client.js";
import type { PartialFile } from "./partial-file.js";
import { isPassing, parseRetryAfter } from "./retry-policy.js";
import type { Throttle } from "./throttle.js";

/** What a transfer works with. */
export interface TransferTools {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly disk: DiskSpace;
  readonly throttle: Throttle;
}

/** One file to be fetched into a partial file. */
export interface TransferJob {
  readonly url: string;
  readonly partial: PartialFile;
  /** Size the catalog promises. */
  readonly bytes: number | undefined;
  /** True when a checksum will judge the whole, so that bytes may be continued on weaker evidence. */
  readonly hasChecksum: boolean;
  /** More than this is never taken. */
  readonly maxBytes: number;
  /** A fresh digest of nothing. */
  readonly newDigest: () => Digest;
  readonly onBytes: (doneBytes: number, totalBytes: number | undefined) => void;
}

/** Bytes between two looks at the disk, each of which also makes what came so far durable. */
const CHECKPOINT_BYTES = 16 * MIB;

/**
 * One attempt: asks for what is missing and appends it.
 * @returns the digest of the whole file, which is then complete.
 * @throws {AttemptError} when the attempt ended early
 * @throws {AssetError} `asset-corrupt`, `disk-full`, `download-failed`: repeating would not help
 */
export async function transfer(job: TransferJob, tools: TransferTools, signal: AbortSignal): Promise<Digest> {
  const { partial, url } = job;
  const { validator, totalBytes } = partial.note ?? {};
  const sameFile = partial.note?.url === url && validator !== undefined;
  const resumable = partial.bytes > 0 && (sameFile || job.hasChecksum);
  const complete = resumable && totalBytes !== undefined && partial.bytes === totalBytes;
  // Hashed before the request: a large file takes seconds, in which the server would see a stall.
  let digest = await digestSoFar(job, resumable, signal);
  if (complete) return digest;

  const headers: Record<string, string> = {};
  if (resumable) headers["range"] = `bytes=${partial.bytes}-`;
  if (resumable && validator) headers["if-range"] = validator;
  const answer = await tools.http.ask("GET", url, headers, signal);
  try {
    const plan = inspect(answer, job, resumable, tools.clock);
    if (plan.from === "start") {
      digest = job.newDigest();
      await partial.restart({ url, ...plan.version });
    }
    await receive(answer, digest, plan.version.totalBytes, job, tools, signal);
  } finally {
    answer.discard();
    await partial.checkpoint();
  }
  return digest;
}

async function digestSoFar(job: TransferJob, resumable: boolean, signal: AbortSignal): Promise<Digest> {
  const digest = job.newDigest();
  if (resumable) await job.partial.replay((chunk) => digest.update(chunk), signal);
  return digest;
}

interface Plan {
  readonly from: "start" | "here";
  readonly version: { readonly validator?: string; readonly totalBytes?: number };
}

/** Decides from status and headers whether the body continues our bytes or is a new file. */
function inspect(answer: HttpAnswer, job: TransferJob, resumable: boolean, clock: Clock): Plan {
  const { status } = answer;
  if (status === 206) return inspectRange(answer, job);
  if (status === 416 && resumable) throw new RangeRefused(`${hostOf(job.url)} has no such range`);
  if (status !== 200) throw refusal(answer, job.url, clock);
  const totalBytes = wholeNumber(answer.header("content-length"));
  checkHeaders(answer, job, totalBytes);
  const validator = validatorOf(answer);
  return {
    from: "start",
    version: { ...(validator && { validator }), ...(totalBytes !== undefined && { totalBytes }) },
  };
}

function inspectRange(answer: HttpAnswer, job: TransferJob): Plan {
  const { partial } = job;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.header("content-range") ?? "");
  const totalBytes = wholeNumber(range?.[2]);
  const { validator, totalBytes: before } = partial.note ?? {};
  const now = validatorOf(answer);
  // A server that ignores If-Range would glue two versions together.
  const changed =
    (validator !== undefined && now !== undefined && validator !== now) ||
    (before !== undefined && totalBytes !== undefined && before !== totalBytes);
  if (!range || Number(range[1]) !== partial.bytes || changed) {
    throw new RangeRefused(`${hostOf(job.url)} has another version of the file by now`);
  }
  checkHeaders(answer, job, totalBytes);
  return { from: "here", version: totalBytes === undefined ? {} : { totalBytes } };
}

/** What we have cannot be continued: begin again. Not the server's failure, so not counted as one. */
export class RangeRefused extends Error {
  override readonly name = "RangeRefused";
}

function refusal(answer: HttpAnswer, url: string, clock: Clock): AttemptError {
  const { status } = answer;
  const retryAfterMs = parseRetryAfter(answer.header("retry-after"), clock.nowMs());
  const meaning: Record<number, string> = {
    401: "wants a login",
    403: "forbids it",
    404: "does not have it",
    410: "no longer has it",
    429: "is asked too often",
  };
  return new AttemptError(`${hostOf(url)} ${meaning[status] ?? "failed"} (status ${status})`, {
    again: isPassing(status),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function checkHeaders(answer: HttpAnswer, job: TransferJob, totalBytes: number | undefined): void {
  if (/^text\/html\b/i.test(answer.header("content-type") ?? "")) {
    // A login page of a hotel's or company's network, or of the host itself.
    throw new AttemptError(`${hostOf(job.url)} sent a web page instead of the file`, { again: false });
  }
  const limit = job.bytes ?? job.maxBytes;
  if (totalBytes === undefined) return;
  if (job.bytes !== undefined && totalBytes !== job.bytes) {
    throw wrongSize(job, `has ${totalBytes} bytes where the catalog says ${job.bytes}`);
  }
  if (totalBytes > limit) throw wrongSize(job, `is ${formatBytes(totalBytes)}, more than allowed`);
}

async function receive(
  answer: HttpAnswer,
  digest: Digest,
  totalBytes: number | undefined,
  job: TransferJob,
  tools: TransferTools,
  signal: AbortSignal,
): Promise<void> {
  const { partial } = job;
  const expected = job.bytes ?? totalBytes;
  const limit = expected ?? job.maxBytes;
  await tools.disk.require((expected ?? 0) - partial.bytes, `Downloading ${job.url}`);
  let checkedAt = partial.bytes;
  for await (const chunk of guardedRead(answer, job.url, tools.clock, signal)) {
    if (partial.bytes + chunk.length > limit) throw wrongSize(job, `is longer than ${formatBytes(limit)}`);
    await partial.append(chunk);
    digest.update(chunk);
    job.onBytes(partial.bytes, expected);
    if (partial.bytes - checkedAt >= CHECKPOINT_BYTES) {
      checkedAt = partial.bytes;
      await partial.checkpoint();
      await tools.disk.require(
        expected === undefined ? 1 : expected - partial.bytes,
        `Downloading ${job.url}`,
      );
    }
    await tools.throttle.take(chunk.length, signal);
  }
  if (expected !== undefined && partial.bytes < expected) {
    throw new AttemptError(`${hostOf(job.url)} ended early`, { again: true });
  }
}

function wrongSize(job: TransferJob, what: string): AssetError {
  return new AssetError(
    "asset-corrupt",
    `${job.url} ${what}; the file there is not the one meant, so the catalog may need an update`,
  );
}

/** A strong ETag, else the date: what `If-Range` may carry. */
function validatorOf(answer: HttpAnswer): string | undefined {
  const etag = answer.header("etag");
  if (etag && !etag.startsWith("W/")) return etag;
  return answer.header("last-modified");
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
