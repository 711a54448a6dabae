import { describe, expect, it } from "vitest";
import { statusText } from "../../../src/app/commands/status-text.js";
import { aModel, aSnapshot } from "../../fixtures/snapshot.js";

describe("the status for people", () => {
  it("says what the whole add-on takes, where a Supervisor counts it", () => {
    const addon = { atMs: 1, cpuPercent: 12.54, memoryBytes: 612_000_000, memoryLimitBytes: 3_976_000_000 };
    expect(statusText(aSnapshot({ addon }))).toMatch(
      /^Add-on {6}612 MB of 4(\.0)? GB, 12\.5 % of the processor, as the Supervisor counts it$/m,
    );
    expect(statusText(aSnapshot())).not.toContain("Add-on");
  });

  it("says what the microphone of this machine is at, where it is used", () => {
    const board = { site: "desk", state: "idle", muted: false, volume: 40, gaps: 0, lostMs: 0 } as const;
    expect(statusText(aSnapshot({ board: { ...board, backend: "pulse" } }))).toMatch(
      /^Board {7}desk: idle, microphone through pulse, volume 40 %$/m,
    );
    expect(statusText(aSnapshot({ board: { ...board, state: "error", problem: "unplugged" } }))).toMatch(
      /^Board {7}desk: error - unplugged, volume 40 %$/m,
    );
    expect(statusText(aSnapshot())).not.toContain("Board");
  });

  it("lists models at work or in trouble, and leaves the rest of the catalog out", () => {
    const models = [
      aModel("whisper/tiny", { state: "ready", reason: "choice for en" }),
      aModel("whisper/base", { state: "failed", error: "It is damaged." }),
      aModel("whisper/small"),
    ];
    const text = statusText(aSnapshot({ models, choices: [] }));
    expect(text).toMatch(/whisper\/tiny +ready .*choice for en/);
    expect(text).toMatch(/whisper\/base +failed .*It is damaged\./);
    expect(text).not.toContain("whisper/small");
  });
});
