import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { messageOf, VoiceError } from "../../base/errors.js";
import { REQUEST_ERRORS } from "./request-error.js";

/** Statuses by error code. What is not listed is a 500: an engine or a worker failed. */
const STATUS: Readonly<Record<string, number>> = {
  ...REQUEST_ERRORS,
  "config-unknown-model": 404,
  "no-model": 404,
  "asset-missing": 404,
  "unsupported-audio": 415,
  "too-long": 413,
  cancelled: 499,
  "engine-unavailable": 501,
  "download-failed": 502,
  "asset-corrupt": 502,
  "archive-refused": 502,
  busy: 503,
  offline: 503,
  "over-budget": 503,
  deadline: 504,
  "larger-than-budget": 507,
  "disk-full": 507,
};

/** JSON `{error: {code, message}}` for anything thrown; the sentence without a stack. */
export function errorResponse(context: Context, error: unknown): Response {
  const code = error instanceof VoiceError ? error.code : "internal";
  const message =
    error instanceof VoiceError ? messageOf(error) : "Something unexpected went wrong; the log says more.";
  return context.json({ error: { code, message } }, statusOf(code));
}

// 499 is no registered status, but the one proxies log for a client that has gone.
const statusOf = (code: string): ContentfulStatusCode => (STATUS[code] ?? 500) as ContentfulStatusCode;
