import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const OWN_BUNZIP = fileURLToPath(new URL("../../dist/assets/archive/bunzip-main.js", import.meta.url));
const hasBzip2 = existsSync("/usr/bin/bzip2") || existsSync("/bin/bzip2");

describe.skipIf(!hasBzip2)(
  `unpacking without the system's bzip2${hasBzip2 ? "" : " [skipped: nothing packs here]"}`,
  () => {
    const plain = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) % 251));
    const packed = execFileSync("bzip2", ["-c"], { input: plain, maxBuffer: 1e8 });
    const unpack = (input: Buffer) => spawnSync(process.execPath, [OWN_BUNZIP], { input, maxBuffer: 1e8 });

    it("gives back what was packed", () => {
      const { status, stdout } = unpack(packed);
      expect(status).toBe(0);
      expect(stdout.equals(plain)).toBe(true);
    });

    it("fails on what is not bzip2, without a stack", () => {
      const { status, stderr } = unpack(Buffer.from("no archive at all"));
      expect(status).toBe(1);
      expect(stderr.toString()).not.toMatch(/^\s+at /m);
    });
  },
);
