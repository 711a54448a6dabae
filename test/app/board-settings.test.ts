import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BoardSettings } from "../../src/app/board-settings.js";
import { recordingLogger } from "../fixtures/recording-logger.js";

const CONFIGURED = { muted: false, volume: 80 };

describe("BoardSettings", () => {
  let dir: string;
  const file = () => join(dir, "state", "board.json");
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "irene-board-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("is as configured until something is set", () => {
    expect(new BoardSettings(dir, CONFIGURED, recordingLogger()).choice).toEqual(CONFIGURED);
  });

  it("keeps mute and volume over a restart", () => {
    new BoardSettings(dir, CONFIGURED, recordingLogger()).keep({ muted: true, volume: 30 });
    expect(new BoardSettings(dir, CONFIGURED, recordingLogger()).choice).toEqual({ muted: true, volume: 30 });
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({ muted: true, volume: 30 });
  });

  it.each([
    ["is no JSON", "{", 1],
    ["holds what means nothing", '{"muted": "very", "volume": 250}', 0],
  ])("is as configured when the file %s", (_, text, warnings) => {
    mkdirSync(join(dir, "state"));
    writeFileSync(file(), text);
    const log = recordingLogger();
    expect(new BoardSettings(dir, CONFIGURED, log).choice).toEqual(CONFIGURED);
    expect(log.lines).toHaveLength(warnings);
  });

  it("goes on with what was set when it cannot be written", () => {
    // A file stands where the folder should be.
    writeFileSync(join(dir, "state"), "");
    chmodSync(join(dir, "state"), 0o400);
    const log = recordingLogger();
    const settings = new BoardSettings(dir, CONFIGURED, log);
    settings.keep({ muted: true, volume: 30 });
    expect(settings.choice).toEqual({ muted: true, volume: 30 });
    expect(log.lines.map(({ level }) => level)).toContain("warn");
  });
});
