import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { messageOf, VoiceError } from "../../base/errors.js";

const STATUS: Readonly<Record<string, ContentfulStatusCode>> = {
  "config-unknown-model": 404,
  "no-model": 404,
  "unsupported-audio": 415,
  "too-long": 413,
  busy: 503,
  "over-budget": 503,
  "larger-than-budget": 507,
  "disk-full": 507,
  deadline: 504,
  cancelled: 499 as ContentfulStatusCode,
};

/** JSON `{error: {code, message}}` for anything thrown; the sentence without a stack. */
export function errorResponse(context: Context, error: unknown): Response {
  const code = error instanceof VoiceError ? error.code : "internal";
  const message =
    error instanceof VoiceError ? messageOf(error) : "Something unexpected went wrong; the log says more.";
  return context.json({ error: { code, message } }, STATUS[code] ?? 500);
}
