import { type parseBudgetOption, resolveBudget } from "../../../residency/memory/budget.js";
import { KernelFiles, parseKilobyteLines } from "../../../residency/memory/kernel-files.js";
import { KernelMemoryProbe } from "../../../residency/memory/memory-probe.js";
import { readBoard } from "../../board.js";
import type { Finding } from "./finding.js";
import {
  judgeContainer,
  judgeMemory,
  judgeNode,
  judgePressure,
  judgeProcessor,
  judgeSwap,
} from "./judge-machine.js";

/** What holds whatever the settings are. @param budgetOption as configured */
export async function examineMachine(
  budgetOption: ReturnType<typeof parseBudgetOption>,
): Promise<readonly Finding[]> {
  const files = new KernelFiles();
  const conditions = await new KernelMemoryProbe(files).conditions();
  const { bytes: budgetBytes, reason: budgetReason } = resolveBudget(budgetOption, conditions);
  const { machine, cgroup, pressure } = conditions;
  const meminfo = parseKilobyteLines((await files.read("proc/meminfo")) ?? "");
  return [
    judgeNode(process.versions.node),
    judgeProcessor(readBoard(budgetBytes)),
    judgeMemory({
      budgetBytes,
      budgetReason,
      availableBytes: Math.min(
        machine?.availableBytes ?? Number.POSITIVE_INFINITY,
        cgroup?.headroomBytes ?? Number.POSITIVE_INFINITY,
      ),
      ...(machine ? { totalBytes: machine.totalBytes } : {}),
    }),
    judgeContainer(cgroup),
    judgeSwap({ totalBytes: meminfo.get("SwapTotal") ?? 0, freeBytes: meminfo.get("SwapFree") ?? 0 }),
    judgePressure(pressure),
  ];
}
