import { Worker } from "node:worker_threads";
import { InternalError, messageOf } from "../../base/errors.js";
import type { HomeTest } from "../../sessions/home.js";
import type { BookOrder, MadeBook } from "./make-book.js";

/** What the thread is given. */
export interface ThreadOrder {
  readonly order: BookOrder;
  /** To be looked up in the book; absent only makes the book. */
  readonly sentence?: string;
}

/** The built entry point beside this file. */
export const THREAD_ENTRY = new URL("./book-thread-main.js", import.meta.url);

/** A book of a thousand names takes a second on a small board. */
const DEADLINE_MS = 120_000;

/** Makes and reads phrase books in threads of their own, so that requests go on meanwhile. */
export class BookThreads {
  readonly #entry: URL;

  /** @param entry the built entry point */
  constructor(entry: URL = THREAD_ENTRY) {
    this.#entry = entry;
  }

  /** As `makeBook` does. @throws {InternalError} with the sentence of what went wrong; the signal's reason */
  make(order: BookOrder, signal: AbortSignal): Promise<MadeBook | undefined> {
    return this.#run<MadeBook>({ order }, signal);
  }

  /** As `testSentence` does. @throws as `make` does */
  test(order: BookOrder, sentence: string, signal: AbortSignal): Promise<HomeTest | undefined> {
    return this.#run<HomeTest>({ order, sentence }, signal);
  }

  async #run<Result>(data: ThreadOrder, signal: AbortSignal): Promise<Result | undefined> {
    signal.throwIfAborted();
    const thread = new Worker(this.#entry, { workerData: data, env: {} });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    try {
      return await new Promise<Result | undefined>((resolve, reject) => {
        const fail = (why: string) =>
          reject(new InternalError("invariant-broken", `The sentences could not be made: ${why}`));
        thread.once("message", ({ result, failure }: { result?: Result; failure?: string }) =>
          failure === undefined ? resolve(result) : fail(failure),
        );
        thread.once("error", (error) => fail(messageOf(error)));
        thread.once("exit", (code) => fail(`the thread ended with code ${code}`));
        limit.addEventListener("abort", () => reject(limit.reason), { once: true });
      });
    } finally {
      await thread.terminate();
    }
  }
}
