import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  installId,
  knownInstallId,
  readServerFile,
  removeServerFile,
  writeServerFile,
} from "../../src/app/state-file.js";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "irene-state-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe("an installation's id", () => {
  it("is made once and kept", () => {
    expect(knownInstallId(dir)).toBeUndefined();
    const made = installId(dir);
    expect(made).toMatch(/^[0-9a-f]{8}$/);
    expect(installId(dir)).toBe(made);
    expect(knownInstallId(dir)).toBe(made);
  });

  it("is made anew when its file is damaged", () => {
    mkdirSync(join(dir, "state"));
    writeFileSync(join(dir, "state/install-id"), "\0\0\0");
    expect(installId(dir)).toMatch(/^[0-9a-f]{8}$/);
  });

  it("tells of a data folder that cannot be one", () => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    expect(knownInstallId(file)).toBeUndefined();
    expect(() => installId(file)).toThrow(/data folder .* cannot be used/);
  });
});

describe("the note a server leaves", () => {
  const server = { pid: 4711, httpUrl: "http://127.0.0.1:8099" };

  it("is read back, and removed by that server only", () => {
    writeServerFile(dir, server);
    removeServerFile(dir, 4712);
    expect(readServerFile(dir)).toEqual(server);
    removeServerFile(dir, 4711);
    expect(readServerFile(dir)).toBeUndefined();
    removeServerFile(dir, 4711);
  });

  it.each(["", "{", "null", "[]", '{"pid":"1"}', '{"pid":1,"httpUrl":"not an address"}'])(
    "leads nowhere when it holds %j",
    (text) => {
      mkdirSync(join(dir, "state"));
      writeFileSync(join(dir, "state/server.json"), text);
      expect(readServerFile(dir)).toBeUndefined();
    },
  );

  it("replaces an older one whole", () => {
    writeServerFile(dir, server);
    writeServerFile(dir, { ...server, pid: 1 });
    expect(JSON.parse(readFileSync(join(dir, "state/server.json"), "utf8"))).toEqual({ ...server, pid: 1 });
  });
});
