import { describe, expect, it } from "vitest";
import { Alarm } from "../../src/residency/alarm.js";
import { HandClock } from "../fixtures/hand-clock.js";

const HOUR_MS = 3_600_000;

/** Rings a minute before every sixth hour. */
function everySixHours() {
  const clock = new HandClock();
  const rung: number[] = [];
  const alarm = new Alarm({
    clock,
    leadMs: 60_000,
    nextRun: () => new Date((Math.floor(clock.nowMs() / (6 * HOUR_MS)) + 1) * 6 * HOUR_MS),
    ring: () => rung.push(clock.nowMs()),
  });
  return { clock, rung, alarm };
}

describe("Alarm", () => {
  it("rings before each run, once", () => {
    const { clock, rung } = everySixHours();
    clock.advance(13 * HOUR_MS);
    expect(rung).toEqual([6 * HOUR_MS - 60_000, 12 * HOUR_MS - 60_000]);
  });

  it("rings at once when the run is nearer than that, and goes on", () => {
    const clock = new HandClock();
    const rung: number[] = [];
    const nextRun = () => new Date((Math.floor(clock.nowMs() / 10_000) + 1) * 10_000);
    new Alarm({ clock, leadMs: 60_000, nextRun, ring: () => rung.push(clock.nowMs()) });
    clock.advance(25_000);
    expect(rung).toEqual([0, 11_000, 21_000]);
  });

  it("is silent once closed, and with nothing to wait for", () => {
    const { clock, rung, alarm } = everySixHours();
    alarm.close();
    new Alarm({ clock, leadMs: 0, nextRun: () => undefined, ring: () => rung.push(0) });
    clock.advance(24 * HOUR_MS);
    expect(rung).toEqual([]);
  });
});
