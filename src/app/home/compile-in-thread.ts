import { Worker } from "node:worker_threads";
import { InternalError, messageOf } from "../../base/errors.js";
import type { BookOrder, MadeBook } from "./make-book.js";

/** The built entry point beside this file. */
export const COMPILE_ENTRY = new URL("./compile-main.js", import.meta.url);

/** A book of a thousand names takes a second on a small board. */
const DEADLINE_MS = 120_000;

/**
 * Makes a phrase book in a thread of its own, so that requests go on meanwhile.
 * @param entry the built entry point
 * @throws {InternalError} with the sentence of what went wrong; the signal's reason
 */
export async function compileInThread(
  order: BookOrder,
  signal: AbortSignal,
  entry: URL = COMPILE_ENTRY,
): Promise<MadeBook | undefined> {
  signal.throwIfAborted();
  const thread = new Worker(entry, { workerData: order, env: {} });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    return await new Promise<MadeBook | undefined>((resolve, reject) => {
      const fail = (why: string) =>
        reject(new InternalError("invariant-broken", `The sentences could not be made: ${why}`));
      thread.once("message", ({ book, failure }: { book?: MadeBook; failure?: string }) =>
        failure === undefined ? resolve(book) : fail(failure),
      );
      thread.once("error", (error) => fail(messageOf(error)));
      thread.once("exit", (code) => fail(`the thread ended with code ${code}`));
      limit.addEventListener("abort", () => reject(limit.reason), { once: true });
    });
  } finally {
    await thread.terminate();
  }
}
