import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Runs a load with the `provider` string that hands ONNX Runtime's session options to sherpa-onnx: the name of a file
 * it reads while it creates its sessions. Spinning is always off (idle threads would burn processor time for nothing);
 * without the arena freed memory goes back to the allocator.
 * @see https://onnxruntime.ai/docs/performance/tune-performance/threading.html
 */
export async function withSessionOptions<T>(
  arena: boolean,
  load: (provider: string) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "irene-sessions-"));
  try {
    const file = join(dir, "options.conf");
    writeFileSync(file, `${optionLines(arena).join("\n")}\n`);
    return await load(`cpu:${file}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function optionLines(arena: boolean): readonly string[] {
  const lines = ["SessionConfig.session.intra_op.allow_spinning=0"];
  return arena ? lines : [...lines, "EnableCpuMemArena=0", "EnableMemPattern=0"];
}
