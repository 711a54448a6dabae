import type { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { Snapshot, SnapshotSource } from "../../sessions/snapshot.js";

const KEEP_ALIVE_MS = 15_000;
const MAX_LISTENERS = 16;

/** `GET /api/events`: the snapshot now and after every change, as server-sent events. Slow readers get only the newest. */
export function addEventRoutes(app: Hono, source: SnapshotSource): void {
  let listeners = 0;
  app.get("/api/events", (context) => {
    if (listeners >= MAX_LISTENERS) {
      return context.json({ error: { code: "busy", message: "Too many pages are watching already." } }, 503);
    }
    listeners += 1;
    return streamSSE(context, async (stream) => {
      let newest: Snapshot | undefined = source.current();
      let wake: () => void = () => undefined;
      const stop = source.onChange((snapshot) => {
        newest = snapshot;
        wake();
      });
      stream.onAbort(() => wake());
      try {
        while (!stream.aborted) {
          const snapshot = newest;
          newest = undefined;
          if (snapshot) await stream.writeSSE({ event: "snapshot", data: JSON.stringify(snapshot) });
          else await stream.write(": still here\n\n");
          if (newest === undefined && !stream.aborted) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, KEEP_ALIVE_MS);
              wake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
          }
        }
      } finally {
        stop();
        listeners -= 1;
      }
    });
  });
}
