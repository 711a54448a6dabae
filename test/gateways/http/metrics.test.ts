import { describe, expect, it } from "vitest";
import { metricsText } from "../../../src/gateways/http/metrics.js";
import { httpHouse } from "../../fixtures/http-house.js";
import { aModel, aSnapshot } from "../../fixtures/snapshot.js";

/** Value by series. */
async function series(...args: Parameters<typeof metricsText>): Promise<ReadonlyMap<string, number>> {
  const lines = (await metricsText(...args))
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ""), Number(line.split(" ").at(-1))]));
}

describe("metricsText", () => {
  it("gives the snapshot's figures in base units", async () => {
    const found = await series(aSnapshot());
    expect(found.get("irene_ready")).toBe(1);
    expect(found.get("irene_warm_up_seconds")).toBe(4.24);
    expect(found.get("irene_memory_budget_bytes")).toBe(900 * 1024 ** 2);
    expect(found.get("irene_requests_total")).toBe(12);
    expect(found.get("irene_requests_failed_total")).toBe(1);
    expect(found.get("irene_stt_latency_seconds")).toBe(0.8124);
    expect(found.get('irene_info{version="1.2.3",phase="ready"}')).toBe(1);
    expect(found.get('irene_model_ready{model="whisper/tiny",capability="stt"}')).toBe(1);
    expect(found.get('irene_model_load_seconds{model="whisper/tiny",capability="stt"}')).toBe(0.82);
  });

  it("tells how long requests were in each stage", async () => {
    const { requests, ...rest } = aSnapshot();
    const stage = { kind: "transcribe", stage: "decode", count: 4, totalMs: 1_000 } as const;
    const found = await series({ ...rest, requests: { ...requests, stageTotals: [stage] } });
    expect(found.get('irene_request_stage_seconds_sum{kind="transcribe",stage="decode"}')).toBe(1);
    expect(found.get('irene_request_stage_seconds_count{kind="transcribe",stage="decode"}')).toBe(4);
  });

  it("leaves out what is not known, in place of a zero", async () => {
    const { warmUpMs: _, ...rest } = aSnapshot({ models: [aModel("whisper/base")] });
    const found = await series({ ...rest, requests: { total: 0, failed: 0, active: 0, recent: [] } });
    expect(
      [...found.keys()].filter((name) => /warm_up|latency|load_seconds|model_memory/.test(name)),
    ).toEqual([]);
    expect(found.get('irene_model_on_disk{model="whisper/base",capability="stt"}')).toBe(1);
  });

  it("calls counters counters, each with one line of help and type", async () => {
    const lines = (await metricsText(aSnapshot())).split("\n");
    expect(lines).toContain("# TYPE irene_requests_total counter");
    expect(lines).toContain("# TYPE irene_ready gauge");
    const names = lines.filter((line) => line.startsWith("# HELP")).map((line) => line.split(" ")[2]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("is served as the type scrapers insist on", async () => {
    const { url } = await httpHouse();
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await response.text()).toContain("irene_ready 1");
  });
});
