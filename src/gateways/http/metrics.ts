import { Counter, Gauge, Registry } from "prom-client";
import type { Snapshot } from "../../sessions/snapshot.js";

/** Media type of the text format; scrapers refuse answers without it. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The snapshot in the Prometheus text format. */
export function metricsText(snapshot: Snapshot): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: number | undefined): void => {
    if (value !== undefined) new Gauge({ name, help, registers: [registry] }).set(value);
  };
  const counter = (name: string, help: string, value: number): void =>
    new Counter({ name, help, registers: [registry] }).inc(value);
  const perModel = (
    name: string,
    help: string,
    value: (model: Snapshot["models"][number]) => number | undefined,
  ) => {
    const metric = new Gauge({ name, help, labelNames: ["model", "capability"], registers: [registry] });
    for (const model of snapshot.models) {
      const figure = value(model);
      if (figure !== undefined) metric.set({ model: model.id, capability: model.capability }, figure);
    }
  };
  const { memory, requests } = snapshot;
  new Gauge({
    name: "irene_info",
    help: "Always 1; version and phase are in the labels",
    labelNames: ["version", "phase"],
    registers: [registry],
  })
    .labels({ version: snapshot.version, phase: snapshot.phase })
    .set(1);
  gauge("irene_ready", "1 when every model to be preloaded is ready", snapshot.ready ? 1 : 0);
  gauge(
    "irene_warm_up_seconds",
    "Start to ready",
    snapshot.warmUpMs === undefined ? undefined : snapshot.warmUpMs / 1000,
  );
  gauge("irene_memory_budget_bytes", "Memory all models may hold", memory.budgetBytes);
  gauge("irene_memory_models_bytes", "Measured memory of all model processes", memory.modelsBytes);
  gauge(
    "irene_memory_reserved_bytes",
    "Memory promised to loading and draining models",
    memory.reservedBytes,
  );
  gauge("irene_memory_own_bytes", "Memory of the main process", memory.ownBytes);
  counter("irene_requests_total", "Requests since start", requests.total);
  counter("irene_requests_failed_total", "Requests that ended in an error since start", requests.failed);
  gauge("irene_memory_available_bytes", "Memory the machine or container has left", memory.availableBytes);
  gauge("irene_requests_active", "Requests running now", requests.active);
  gauge("irene_stt_latency_seconds", "End of audio to text, last request", seconds(requests.lastSttMs));
  gauge("irene_tts_latency_seconds", "Text to first sound, last request", seconds(requests.lastTtsMs));
  stageTotals(registry, requests);
  gauge(
    "irene_addon_memory_bytes",
    "Memory of the container, as the Supervisor counts it",
    snapshot.addon?.memoryBytes,
  );
  gauge("irene_addon_cpu_percent", "Of all cores, as the Supervisor counts it", snapshot.addon?.cpuPercent);
  perModel("irene_model_on_disk", "1 when all files of the model are on disk", ({ asset }) =>
    asset.name === "present" ? 1 : 0,
  );
  perModel("irene_model_ready", "1 when the model is in memory and warm", ({ state }) =>
    state === "ready" ? 1 : 0,
  );
  perModel("irene_model_memory_bytes", "Measured memory of the model's process", (model) =>
    model.memorySource === "measured" ? model.memoryBytes : undefined,
  );
  perModel("irene_model_load_seconds", "Last load", ({ loadMs }) => seconds(loadMs));
  perModel("irene_model_warm_up_seconds", "Last warm-up", ({ warmUpMs }) => seconds(warmUpMs));
  perModel("irene_model_failed", "1 when the model could not be made ready", ({ state }) =>
    state === "failed" ? 1 : 0,
  );
  return registry.metrics();
}

/** A sum and a count, from which scrapers make means over any time. */
function stageTotals(registry: Registry, { stageTotals: totals = [] }: Snapshot["requests"]): void {
  const labelNames = ["kind", "stage"];
  const time = new Counter({
    name: "irene_request_stage_seconds_sum",
    help: "Time requests that have ended spent in a stage",
    labelNames,
    registers: [registry],
  });
  const count = new Counter({
    name: "irene_request_stage_seconds_count",
    help: "Requests that have ended and reached a stage",
    labelNames,
    registers: [registry],
  });
  for (const { kind, stage, count: times, totalMs } of totals) {
    time.inc({ kind, stage }, totalMs / 1000);
    count.inc({ kind, stage }, times);
  }
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);
