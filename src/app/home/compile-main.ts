import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../base/errors.js";
import { type BookOrder, makeBook } from "./make-book.js";

/** Entry point of the thread in which a phrase book is made: a large home takes longer than a request may wait. */
const outcome = await makeBook(workerData as BookOrder).then(
  (book) => ({ book }),
  (error: unknown) => ({ failure: messageOf(error) }),
);
parentPort?.postMessage(outcome);
