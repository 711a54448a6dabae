import { findProvider } from "./engines/registry.js";
import type { FromWorker, ToWorker } from "./workers/protocol.js";
import { WorkerHost } from "./workers/worker-host.js";
import { yieldPriority } from "./workers/yield-priority.js";

/** Entry point of every worker process: `worker-main <name> <nice>`, started with an IPC channel. */
const [name = "unnamed", nice = "0"] = process.argv.slice(2);

process.title = `irene-worker ${name}`;
yieldPriority(Number(nice), (sentence) => console.error(sentence));

const host = new WorkerHost({
  find: findProvider,
  // Delivery fails only once the parent has gone, and then `disconnect` ends this process.
  send: (message: FromWorker) => process.send?.(message, undefined, {}, () => undefined),
  onStopped: () => process.exit(0),
});

// Only the parent writes to this channel, and both are built from the same protocol types.
process.on("message", (message) => host.receive(message as ToWorker));
process.on("disconnect", () => process.exit(0));
