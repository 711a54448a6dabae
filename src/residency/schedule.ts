import { type ScheduledTask, schedule, validateDetailed } from "node-cron";
import type { Clock } from "../base/clock.js";
import { ConfigError, messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { Alarm } from "./alarm.js";

/** What happens to models at a time of day. */
export interface ScheduleEntry {
  /** Five fields, or six with seconds first: `0 6 * * 1-5`. */
  readonly cron: string;
  /** `warm` also tries failed models again; `refresh` gives a model a new process. */
  readonly action: "warm" | "unload" | "refresh";
  /** Catalog ids. */
  readonly models: readonly string[];
  /** `Europe/Berlin`; absent means the time zone of the machine. */
  readonly timeZone?: string;
}

/** What a schedule asks of residency. */
export interface ScheduledResidency {
  retry(model: string): Promise<void>;
  unload(model: string, why?: string): Promise<void>;
  refresh(model: string): Promise<void>;
  /** Reads files of models that are not in memory, unless memory is short. @throws the signal's reason */
  warmFiles(models: readonly string[], signal: AbortSignal): Promise<void>;
}

/** So long before a model is due its files are read: at low priority the largest take about half a minute. */
const READ_AHEAD_MS = 60_000;

/**
 * Checks an entry before anything runs.
 * @throws {ConfigError} `config-invalid`
 */
export function checkScheduleEntry({ cron, timeZone, models }: ScheduleEntry): void {
  const { valid, errors } = validateDetailed(cron);
  if (!valid) {
    const what = errors.map(({ message }) => message).join("; ");
    throw invalid(
      `The schedule "${cron}" is no cron expression${what ? ` (${what})` : ""}: write five fields, such as "0 6 * * *" for every day at six.`,
    );
  }
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw invalid(
      `The time zone "${timeZone}" of the schedule "${cron}" is not known: write one such as Europe/Berlin.`,
    );
  }
  if (models.length === 0) throw invalid(`The schedule "${cron}" names no models.`);
}

/** Warms, unloads and refreshes models by the clock on the wall. */
export class Schedule {
  readonly #residency: ScheduledResidency;
  readonly #logger: Logger;
  readonly #tasks: readonly ScheduledTask[];
  readonly #alarms: readonly Alarm[];
  readonly #closed = new AbortController();

  /** Runs from now on. @throws {ConfigError} `config-invalid` */
  constructor(options: {
    readonly entries: readonly ScheduleEntry[];
    readonly residency: ScheduledResidency;
    readonly clock: Clock;
    readonly logger: Logger;
  }) {
    this.#residency = options.residency;
    this.#logger = options.logger;
    for (const entry of options.entries) checkScheduleEntry(entry);
    this.#tasks = options.entries.map((entry) =>
      schedule(entry.cron, () => this.run(entry), {
        name: `${entry.action} ${entry.models.join(", ")}`,
        // A load that takes longer than the interval is not started twice.
        noOverlap: true,
        ...(entry.timeZone !== undefined && { timezone: entry.timeZone }),
      }),
    );
    this.#alarms = options.entries.flatMap(({ action, models }, index) => {
      if (action !== "warm") return [];
      const nextRun = () => this.#tasks[index]?.getNextRun() ?? undefined;
      const ring = () => void this.#readAhead(models);
      return new Alarm({ clock: options.clock, leadMs: READ_AHEAD_MS, nextRun, ring });
    });
  }

  /** When the entries run next, in their order. */
  nextRuns(): readonly (Date | undefined)[] {
    return this.#tasks.map((task) => task.getNextRun() ?? undefined);
  }

  /** Does what an entry says, model after model. Failures are logged, and show in the models' states. */
  async run({ action, models, cron }: ScheduleEntry): Promise<void> {
    this.#logger.info(`Schedule "${cron}": ${action} ${models.join(", ")}`);
    for (const model of models) {
      try {
        if (action === "warm") await this.#residency.retry(model);
        else if (action === "unload") await this.#residency.unload(model, `schedule "${cron}"`);
        else await this.#residency.refresh(model);
      } catch (error) {
        this.#logger.warn(`Schedule "${cron}" could not ${action} ${model}: ${messageOf(error)}`, { model });
      }
    }
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error("the program is stopping"));
    for (const alarm of this.#alarms) alarm.close();
    await Promise.all(this.#tasks.map((task) => task.destroy()));
  }

  async #readAhead(models: readonly string[]): Promise<void> {
    try {
      await this.#residency.warmFiles(models, this.#closed.signal);
    } catch (error) {
      this.#logger.debug(`Reading ahead of ${models.join(", ")} ended early: ${messageOf(error)}`);
    }
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function invalid(sentence: string): ConfigError {
  return new ConfigError("config-invalid", sentence);
}
