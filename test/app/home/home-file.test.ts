import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HomeFile } from "../../../src/app/home/home-file.js";
import type { Home } from "../../../src/home/names.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { PATIENCE } from "../../fixtures/patience.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";

describe("HomeFile", () => {
  let dir: string;
  let path: string;
  let clock: HandClock;
  let log: ReturnType<typeof recordingLogger>;
  let told: Home[];
  let file: HomeFile;
  const look = async () => {
    await clock.waitedFor(2_000);
    clock.advance(2_000);
    await clock.waitedFor(2_000);
  };
  const warnings = () => log.lines.filter(({ level }) => level === "warn").map(({ message }) => message);
  const lights = () => told.at(-1)?.get("en")?.lights;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "home-file-"));
    path = join(dir, "home.yaml");
    clock = new HandClock();
    log = recordingLogger();
    told = [];
    file = new HomeFile({ path, clock, log, onHome: (home) => told.push(home) });
  });
  afterEach(async () => {
    file.close();
    await rm(dir, { recursive: true });
  });

  it("tells the names at first and after each change, also when the file is replaced", async () => {
    await writeFile(path, "en: {lights: [Bed Light]}");
    await file.start();
    expect(lights()).toEqual(["Bed Light"]);
    await writeFile(join(dir, "new"), "en: {lights: [Lamp 2]}");
    await rename(join(dir, "new"), path);
    await look();
    expect(lights()).toEqual(["Lamp 2"]);
    await look();
    expect(told).toHaveLength(2);
  });

  it("keeps the names when a change is a mistake, says so once, and takes the next good one", async () => {
    await writeFile(path, "en: {lights: [Bed Light]}");
    await file.start();
    await writeFile(path, "en: {lights: [Bed");
    await look();
    await look();
    expect(told).toHaveLength(1);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toMatch(/^Names of this home stay as they were: .*home\.yaml cannot be used/);
    expect(file.problem).toContain("cannot be used");
    await writeFile(path, "en: {lights: [Reading Light]}");
    await look();
    expect(lights()).toEqual(["Reading Light"]);
    expect(file.problem).toBeUndefined();
  });

  it("waits for a file that is not there yet, and keeps the names of one that has gone", async () => {
    await file.start();
    expect(warnings()).toEqual([`Names of this home stay as they were: ${path} is not there.`]);
    await writeFile(path, "en: {lights: [Bed Light]}");
    await look();
    expect(lights()).toEqual(["Bed Light"]);
    await rm(path);
    await look();
    expect(told).toHaveLength(1);
    expect(file.problem).toContain("is not there");
  });

  it("tells nothing once it is closed", async () => {
    await file.start();
    file.close();
    await writeFile(path, "en: {lights: [Bed Light]}");
    clock.advance(10_000);
    await expect.poll(() => told, PATIENCE).toEqual([]);
  });
});
