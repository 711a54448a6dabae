import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../base/errors.js";
import type { ThreadOrder } from "./book-threads.js";
import { makeBook } from "./make-book.js";
import { testSentence } from "./test-sentence.js";

/** Entry point of the thread in which phrase books are made and read: a large home takes longer than a request may wait. */
const { order, sentence } = workerData as ThreadOrder;
const work = sentence === undefined ? makeBook(order) : testSentence(order, sentence);
const outcome = await work.then(
  (result) => ({ result }),
  (error: unknown) => ({ failure: messageOf(error) }),
);
parentPort?.postMessage(outcome);
