import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DeviceError, messageOf } from "../../base/errors.js";
import type { Surroundings } from "./sound-process.js";

const run = promisify(execFile);

/** PortAudio asks every driver there is, which takes long on a small board. */
const LIMIT_MS = 20_000;

/** What a program prints. @throws {DeviceError} `device-unavailable` with the reason in its message */
export async function printed(
  file: string,
  args: readonly string[],
  { env }: Surroundings,
  extra: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    const { stdout } = await run(file, [...args], {
      env: { ...env, LC_ALL: "C", ...extra },
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    return stdout;
  } catch (error) {
    throw new DeviceError("device-unavailable", reasonOf(file, error), { cause: error });
  }
}

function reasonOf(file: string, error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return `${file} is not installed`;
  const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim().split("\n") : [];
  return said.at(-1) || messageOf(error);
}
