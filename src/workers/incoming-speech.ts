import { toError } from "../base/errors.js";
import { ChunkQueue } from "./chunk-queue.js";
import type { OpenCalls } from "./open-calls.js";
import type { ToWorker } from "./protocol.js";

/** The call that makes the worker speak, as sent. */
export interface SpeakCall {
  readonly session: number;
  readonly id: number;
  readonly result: Promise<unknown>;
}

interface Incoming {
  readonly queue: ChunkQueue;
  readonly callId: number;
}

/**
 * The parent's ends of the syntheses in progress. While a chunk lies here untaken, the wait is ours and does not
 * count against the worker.
 */
export class IncomingSpeech {
  readonly #calls: OpenCalls;
  readonly #post: (message: ToWorker) => void;
  readonly #incoming = new Map<number, Incoming>();

  constructor(calls: OpenCalls, post: (message: ToWorker) => void) {
    this.#calls = calls;
    this.#post = post;
  }

  /** A chunk from the worker; one whose consumer has left is dropped. */
  receive(session: number, samples: Float32Array): void {
    const incoming = this.#incoming.get(session);
    if (!incoming) return;
    incoming.queue.push(samples);
    this.#calls.pause(incoming.callId);
  }

  /** The chunks of one synthesis. Leaving the loop or aborting the signal stops the engine. */
  async *read({ session, id, result }: SpeakCall, signal: AbortSignal): AsyncGenerator<Float32Array> {
    const queue = new ChunkQueue();
    this.#incoming.set(session, { queue, callId: id });
    let answered = false;
    const settle = (error?: Error) => {
      answered = true;
      queue.end(error);
    };
    result.then(
      () => settle(),
      (error: unknown) => settle(toError(error)),
    );
    const onAbort = () => queue.end();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      for (;;) {
        const chunk = await queue.next();
        if (!chunk || signal.aborted) return;
        this.#post({ kind: "chunk-read", session });
        if (queue.size === 0) this.#calls.restart(id);
        yield chunk;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#incoming.delete(session);
      // The worker still owes its answer: that the engine has stopped.
      if (!answered) {
        this.#calls.restart(id);
        this.#post({ kind: "cancel", session });
      }
    }
  }
}
