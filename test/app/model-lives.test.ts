import { describe, expect, it } from "vitest";
import { ModelLives } from "../../src/app/model-lives.js";
import { HandClock } from "../fixtures/hand-clock.js";

describe("the lives of models", () => {
  it("are told in their order, with work on the files before life in memory", () => {
    const clock = new HandClock();
    const lives = new ModelLives(clock);
    const begin = clock.nowMs();
    const steps: readonly (() => void)[] = [
      () => lives.noteAsset("a/b", "downloading"),
      () => lives.noteAsset("a/b", "downloading"),
      () => lives.noteState("a/b", "loading"),
      () => lives.noteAsset("a/b", "verifying"),
      () => lives.noteAsset("a/b", "present"),
      () => lives.noteState("a/b", "warming"),
      () => lives.noteState("a/b", "ready"),
      () => lives.noteState("a/b", "ready"),
      () => lives.noteAsset("a/b", "corrupt"),
    ];
    for (const step of steps) {
      step();
      clock.advance(1_000);
    }
    expect(lives.lives()["a/b"]).toEqual([
      { stage: "downloading", atMs: begin },
      { stage: "verifying", atMs: begin + 3_000 },
      { stage: "loading", atMs: begin + 4_000 },
      { stage: "warming", atMs: begin + 5_000 },
      { stage: "ready", atMs: begin + 6_000 },
      { stage: "failed", atMs: begin + 8_000 },
    ]);
  });

  it("do not begin before a model does something", () => {
    const lives = new ModelLives(new HandClock());
    lives.noteAsset("a/b", "present");
    lives.noteState("a/b", "cold");
    expect(lives.lives()).toEqual({});
  });

  it("keep the newest moments of a model that comes and goes all day", () => {
    const clock = new HandClock();
    const lives = new ModelLives(clock);
    for (let day = 0; day < 100; day += 1) {
      for (const state of ["loading", "ready", "cold"] as const) {
        lives.noteState("a/b", state);
        clock.advance(1);
      }
    }
    const told = lives.lives()["a/b"] ?? [];
    expect(told.length).toBeLessThanOrEqual(40);
    expect(told.at(-1)).toEqual({ stage: "cold", atMs: clock.nowMs() - 1 });
  });
});
