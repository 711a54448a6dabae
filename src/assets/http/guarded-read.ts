import type { Clock } from "../../base/clock.js";
import { withDeadline } from "../../base/deadline.js";
import { AttemptError, fromNetworkError } from "./attempt-error.js";
import type { HttpAnswer } from "./http-client.js";

/** Longest silence of a server in the middle of a body. */
const STALL_MS = 60_000;

/**
 * The chunks of a body. Each may take up to a minute: a slow line is fine, a silent one is not. Leaving early drops
 * the connection.
 * @throws {AttemptError} when the body breaks off or stalls
 */
export async function* guardedRead(
  answer: HttpAnswer,
  url: string,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const chunks = answer.body[Symbol.asyncIterator]();
  const late = () => new AttemptError("the server fell silent", { again: true });
  try {
    for (;;) {
      const next = chunks.next().catch((error: unknown) => {
        throw fromNetworkError(error, url);
      });
      const { done, value } = await withDeadline(next, { clock, limitMs: STALL_MS, late, signal });
      if (done) return;
      yield value;
    }
  } finally {
    answer.discard();
  }
}
