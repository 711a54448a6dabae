import { formatBytes, formatDuration } from "../../base/units.js";
import type { BoardSnapshot, ModelSnapshot, Snapshot } from "../../sessions/snapshot.js";
import { bar, table } from "./table.js";

/** One line on where a model stands on disk or on its way there. */
export function assetWords({ asset }: Pick<ModelSnapshot, "asset">): string {
  switch (asset.name) {
    case "downloading": {
      const of = asset.bytesTotal === undefined ? "" : ` of ${formatBytes(asset.bytesTotal)}`;
      const eta = asset.etaSeconds === undefined ? "" : `, ${formatDuration(asset.etaSeconds * 1000)} left`;
      return `downloading ${formatBytes(asset.bytesDone)}${of} at ${formatBytes(asset.bytesPerSecond)}/s${eta}`;
    }
    case "present":
      return asset.bytes > 0 ? `on disk (${formatBytes(asset.bytes)})` : "needs no download";
    case "corrupt":
      return `corrupt: ${asset.reason}`;
    case "extracting":
    case "verifying":
    case "missing":
      return asset.name === "missing" ? "not downloaded" : asset.name;
  }
}

/** The whole snapshot for people. */
export function statusText(snapshot: Snapshot): string {
  const { addon, board, memory, requests } = snapshot;
  const lines = [
    `Irene Edge ${snapshot.version}: ${snapshot.phase}${snapshot.problem ? ` - ${snapshot.problem}` : ""}`,
    `Warm-up     ${bar(snapshot.progress)}${snapshot.warmUpMs === undefined ? "" : `, ready after ${formatDuration(snapshot.warmUpMs)}`}`,
    `Memory      ${formatBytes(memory.modelsBytes)} of ${formatBytes(memory.budgetBytes)} for models (${memory.budgetReason}), ${formatBytes(memory.reservedBytes)} promised, ${formatBytes(memory.ownBytes)} ourselves`,
    ...(addon
      ? [
          `Add-on      ${formatBytes(addon.memoryBytes)} of ${formatBytes(addon.memoryLimitBytes)}, ${addon.cpuPercent.toFixed(1)} % of the processor, as the Supervisor counts it`,
        ]
      : []),
    `Requests    ${requests.total}, ${requests.failed} failed, ${requests.active} running${latency(requests)}`,
    ...(board ? [boardLine(board)] : []),
    ...snapshot.listeners.map(({ name, address, port }) => `${name.padEnd(12)}${address}:${port}`),
    ...snapshot.choices.map(
      ({ capability, language, model, why }) =>
        `${capability.padEnd(12)}${model ?? "none"} for ${language}: ${why}`,
    ),
  ];
  const active = snapshot.models.filter(
    (model) => model.state !== "cold" || model.reason !== undefined || model.asset.name === "downloading",
  );
  const rows = active.map((model) => [
    model.id,
    model.state,
    assetWords(model),
    `${formatBytes(model.memoryBytes)} ${model.memorySource}`,
    model.error ?? model.reason ?? "",
  ]);
  return `${lines.join("\n")}\n\n${table([["model", "state", "files", "memory", ""], ...rows])}`;
}

function boardLine({ site, state, backend, volume, problem, gaps, lostMs }: BoardSnapshot): string {
  const lost = gaps === 0 ? "" : `, lost sound ${gaps} times (${formatDuration(lostMs)})`;
  const through = backend === undefined ? "" : `, microphone through ${backend}`;
  return `Board       ${site}: ${state}${problem ? ` - ${problem}` : ""}${through}, volume ${volume} %${lost}`;
}

function latency({ lastSttMs, lastTtsMs }: Snapshot["requests"]): string {
  const stt = lastSttMs === undefined ? "" : `, last text after ${formatDuration(lastSttMs)}`;
  return lastTtsMs === undefined ? stt : `${stt}, last sound after ${formatDuration(lastTtsMs)}`;
}
