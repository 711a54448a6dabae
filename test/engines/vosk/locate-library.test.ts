import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { libraryCandidates, locateLibrary } from "../../../src/engines/vosk/locate-library.js";

let dir: string;
let arm64: string;
let x64: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "libvosk-"));
  arm64 = elf("arm64.so", 183);
  x64 = elf("x64.so", 62);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The start of a 64-bit little-endian shared library. */
function elf(name: string, machine: number): string {
  const header = Buffer.alloc(64);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  header.writeUInt16LE(3, 16);
  header.writeUInt16LE(machine, 18);
  writeFileSync(join(dir, name), header);
  return join(dir, name);
}

describe("locateLibrary", () => {
  it("takes the first library built for the processor", async () => {
    const candidates = [join(dir, "absent.so"), x64, arm64];
    expect(await locateLibrary({ arch: "arm64", candidates })).toEqual({ ok: true, path: arm64 });
  });

  it("looks nowhere else when a path is wanted, and says what is wrong with it", async () => {
    const located = await locateLibrary({ arch: "arm64", wanted: x64, candidates: [arm64] });
    expect(located).toMatchObject({ ok: false, reason: expect.stringContaining("not a library for arm64") });
    const absent = await locateLibrary({ arch: "x64", wanted: join(dir, "absent.so"), candidates: [x64] });
    expect(absent).toMatchObject({ ok: false, reason: expect.stringContaining("cannot be read") });
  });

  it("takes no file that is not a library", async () => {
    writeFileSync(join(dir, "page.so"), "<!doctype html><title>404</title>");
    const located = await locateLibrary({ arch: "x64", candidates: [join(dir, "page.so")] });
    expect(located.ok).toBe(false);
  });
});

describe("libraryCandidates", () => {
  it("asks the npm package for the processor's own folder", () => {
    expect(libraryCandidates("x64")[0]).toMatch(/vosk\/lib\/linux-x86_64\/libvosk\.so$/);
    expect(libraryCandidates("arm64")[0]).toMatch(/vosk\/lib\/linux-arm64\/libvosk\.so$/);
    expect(
      libraryCandidates("riscv64").every((path) => path.startsWith("/usr") || path.startsWith("/opt")),
    ).toBe(true);
  });
});
