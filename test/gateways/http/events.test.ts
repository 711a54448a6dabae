import { describe, expect, it } from "vitest";
import { eventsOf } from "../../../src/app/server-sent-events.js";
import type { Snapshot } from "../../../src/sessions/snapshot.js";
import { httpHouse, problemOf } from "../../fixtures/http-house.js";
import { PATIENCE } from "../../fixtures/patience.js";

async function watch(url: string) {
  const stop = new AbortController();
  const response = await fetch(`${url}/api/events`, { signal: stop.signal });
  const events = eventsOf(response.body ?? []);
  const next = async (): Promise<Snapshot> => JSON.parse(String((await events.next()).value)) as Snapshot;
  return { response, events, next, stop };
}

describe("GET /api/events", () => {
  it("tells the snapshot now and after each change", async () => {
    const { url, snapshots } = await httpHouse();
    const { response, next, stop } = await watch(url);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect((await next()).phase).toBe("ready");
    snapshots.change({ phase: "degraded", problem: "höre nichts" });
    expect(await next()).toMatchObject({ phase: "degraded", problem: "höre nichts" });
    stop.abort();
  });

  it("spares a slow reader all but the newest", async () => {
    const { url, snapshots } = await httpHouse();
    const { next, stop } = await watch(url);
    await next();
    for (let total = 1; total <= 50; total++) {
      snapshots.change({ requests: { total, failed: 0, active: 0, recent: [] } });
    }
    const seen: number[] = [];
    while (seen.at(-1) !== 50) seen.push((await next()).requests.total);
    expect(seen.length).toBeLessThan(50);
    stop.abort();
  });

  it("has places for some, and gives back those of readers who have left", async () => {
    const { url } = await httpHouse();
    const readers = await Promise.all(Array.from({ length: 16 }, () => watch(url)));
    expect(await problemOf(await fetch(`${url}/api/events`))).toMatchObject({ status: 503, code: "busy" });
    for (const { stop } of readers) stop.abort();
    await expect
      .poll(async () => {
        const { response, stop } = await watch(url);
        stop.abort();
        return response.status;
      }, PATIENCE)
      .toBe(200);
  });

  it("ends when the server closes", async () => {
    const { url, server } = await httpHouse();
    const { events, next } = await watch(url);
    await next();
    const end = events.next();
    end.catch(() => undefined);
    await server.close();
    await expect(end).rejects.toThrow();
  });
});
