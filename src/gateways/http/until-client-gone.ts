import { SessionError } from "../../base/errors.js";

/**
 * Does something for a client, and tells it to stop once the client has hung up.
 * @throws {SessionError} `cancelled` in place of whatever the abort made of it: nobody is left to be told
 */
export async function untilClientGone<T>(
  request: Request,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const gone = new AbortController();
  const onAbort = () => gone.abort(new SessionError("cancelled", "The client has hung up."));
  request.signal.addEventListener("abort", onAbort, { once: true });
  if (request.signal.aborted) onAbort();
  try {
    return await task(gone.signal);
  } finally {
    request.signal.removeEventListener("abort", onAbort);
  }
}
