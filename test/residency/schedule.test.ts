import { describe, expect, it, onTestFinished } from "vitest";
import { ConfigError } from "../../src/base/errors.js";
import { Schedule, type ScheduleEntry } from "../../src/residency/schedule.js";
import { HandClock } from "../fixtures/hand-clock.js";
import { recordingLogger } from "../fixtures/recording-logger.js";

function scheduled(entries: readonly ScheduleEntry[], onCall: () => void = () => undefined, fail = false) {
  const calls: string[] = [];
  const note = (what: string) => async (model: string) => {
    calls.push(`${what} ${model}`);
    onCall();
    if (fail) throw new Error("no memory");
  };
  const logger = recordingLogger();
  const warmFiles = async (models: readonly string[]) => void calls.push(`read ${models.join(" ")}`);
  const residency = { retry: note("retry"), unload: note("unload"), refresh: note("refresh"), warmFiles };
  const clock = new HandClock();
  clock.advance(Date.now());
  const schedule = new Schedule({ entries, residency, clock, logger });
  onTestFinished(() => schedule.close());
  return { schedule, calls, clock, logger };
}

const DAILY: ScheduleEntry = { cron: "30 6 * * *", action: "warm", models: ["a/b"] };

describe("Schedule", () => {
  it("knows the time zone of an entry", () => {
    const { schedule } = scheduled([
      { ...DAILY, timeZone: "Asia/Tokyo" },
      { ...DAILY, timeZone: "UTC" },
      { ...DAILY, timeZone: "America/New_York" },
    ]);
    const hours = schedule.nextRuns().map((date) => date?.toISOString().slice(11, 16));
    expect(hours.slice(0, 2)).toEqual(["21:30", "06:30"]);
    // New York is five hours behind in winter and four in summer.
    expect(["10:30", "11:30"]).toContain(hours[2]);
  });

  it("has files read a minute before a model is due, and not before", () => {
    const entries = [DAILY, { ...DAILY, action: "unload", models: ["c/d"] }] as const;
    const { schedule, calls, clock } = scheduled(entries);
    const dueMs = schedule.nextRuns()[0]?.getTime() ?? 0;
    clock.advance(dueMs - 61_000 - clock.nowMs());
    expect(calls).toEqual([]);
    clock.advance(2000);
    expect(calls).toEqual(["read a/b"]);
  });

  it("does what the entry says when its time comes", async () => {
    let heard: () => void = () => undefined;
    const called = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const { calls } = scheduled([{ cron: "* * * * * *", action: "refresh", models: ["a/b"] }], () => heard());
    await called;
    expect(calls[0]).toBe("refresh a/b");
  });

  it("warms, unloads and refreshes one model after the other, whatever happens to each", async () => {
    const { schedule, calls, logger } = scheduled([], undefined, true);
    for (const action of ["warm", "unload", "refresh"] as const) {
      await schedule.run({ cron: "0 6 * * *", action, models: ["a/b", "c/d"] });
    }
    expect(calls).toEqual([
      "retry a/b",
      "retry c/d",
      "unload a/b",
      "unload c/d",
      "refresh a/b",
      "refresh c/d",
    ]);
    expect(logger.lines.filter(({ level }) => level === "warn")).toHaveLength(6);
    expect(logger.lines[1]?.message).toBe('Schedule "0 6 * * *" could not warm a/b: no memory');
  });

  it("refuses what it cannot run, and says what to write", () => {
    expect(() => scheduled([{ ...DAILY, cron: "at six" }])).toThrow(ConfigError);
    expect(() => scheduled([{ ...DAILY, cron: "at six" }])).toThrow(
      /write five fields, such as "0 6 \* \* \*"/,
    );
    expect(() => scheduled([{ ...DAILY, timeZone: "Mars/Base" }])).toThrow(/such as Europe\/Berlin/);
    expect(() => scheduled([{ ...DAILY, models: [] }])).toThrow(/names no models/);
  });
});
