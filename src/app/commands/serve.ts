import { systemClock } from "../../base/clock.js";
import { messageOf, toError } from "../../base/errors.js";
import type { LoadedConfig } from "../../config/load.js";
import { createLogger } from "../log.js";
import { Runtime } from "../runtime.js";
import { VERSION } from "../version.js";

/** `irene serve`: runs until SIGTERM or SIGINT, then ends in order. */
export async function serve(
  { config, sources, named, warnings, underSupervisor }: LoadedConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const log = createLogger(config.log);
  log.info(
    `Irene Edge ${VERSION} starts; settings from ${sources.length > 0 ? sources.join(", ") : "defaults"}`,
  );
  for (const warning of warnings) log.warn(warning);
  const asked = new Promise<string>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
  // A mistake of ours in one corner must not end the rest; the details are for those who look for them.
  process.on("unhandledRejection", (reason) => {
    log.error(`Something went wrong inside: ${messageOf(reason)}`);
    log.debug("details", { stack: toError(reason).stack });
  });
  // The timers of the program do not keep it alive; this one does until it is asked to end.
  const alive = setInterval(() => undefined, 2 ** 30);
  try {
    const runtime = await Runtime.start({
      config,
      env,
      named,
      log,
      clock: systemClock,
      underSupervisor,
    });
    log.info(`${await asked} received, ending`);
    await runtime.close();
    log.info("Ended");
  } finally {
    clearInterval(alive);
  }
}
