import { CommanderError } from "commander";
import { ConfigError, VoiceError } from "../../base/errors.js";

/** How a command ended, for scripts. `config` is EX_CONFIG of sysexits.h: a restart would not help. */
export const EXIT = { done: 0, failed: 1, usage: 2, config: 78 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Exit code of what stopped the program before a command could do its work. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  return error instanceof ConfigError ? EXIT.config : EXIT.failed;
}

/** Exit code of what went wrong in a command itself: a model nobody knows is a slip of the one who typed it. */
export function exitCodeOfCommand(error: unknown): ExitCode {
  const code = error instanceof VoiceError ? error.code : undefined;
  return code === "config-unknown-model" ? EXIT.usage : EXIT.failed;
}
