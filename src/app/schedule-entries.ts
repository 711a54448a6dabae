import { ConfigError } from "../base/errors.js";
import type { Catalog } from "../catalog/catalog.js";
import type { ScheduleSetting } from "../config/schedules.js";
import { checkScheduleEntry, type ScheduleEntry } from "../residency/schedule.js";

/** Residency's entries from the settings. @throws {ConfigError} `config-invalid`, `config-unknown-model` */
export function scheduleEntries(
  settings: readonly ScheduleSetting[],
  catalog: Catalog,
): readonly ScheduleEntry[] {
  return settings.map(({ cron, action, models: names, time_zone: timeZone }) => {
    const models = names.map((name) => {
      const model = catalog.lookUp(name);
      if (model) return model.id;
      throw new ConfigError(
        "config-unknown-model",
        `The schedule "${cron}" names ${name}, which is no model.`,
      );
    });
    const entry = { cron, action, models, ...(timeZone ? { timeZone } : {}) };
    checkScheduleEntry(entry);
    return entry;
  });
}
