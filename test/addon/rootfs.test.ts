import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Program } from "../fixtures/program.js";

const ROOTFS = fileURLToPath(new URL("../../rootfs/", import.meta.url));
const SERVICE = join(ROOTFS, "etc/s6-overlay/s6-rc.d/irene");
const HEALTH = join(ROOTFS, "usr/local/bin/irene-describes");

const run = (file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve) => {
    execFile(file, args, { env: { ...process.env, ...env } }, (error) =>
      resolve(error ? Number(error.code ?? 1) : 0),
    );
  });

describe("the service", () => {
  it("is one that s6 starts and whose scripts may be run", () => {
    expect(readFileSync(join(SERVICE, "type"), "utf8").trim()).toBe("longrun");
    for (const script of ["run", "finish"]) expect(statSync(join(SERVICE, script)).mode & 0o111).toBe(0o111);
    expect(statSync(join(SERVICE, "../user/contents.d/irene")).size).toBe(0);
    expect(readFileSync(join(SERVICE, "run"), "utf8")).toMatch(/^#!\/command\/with-contenv bash\n/);
  });

  describe("finish", () => {
    let dir: string;
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), "irene-finish-"));
      writeFileSync(join(dir, "exitcode"), "0\n");
      writeFileSync(join(dir, "halt"), '#!/bin/sh\necho halted > "$(dirname "$0")/halted"\n');
      chmodSync(join(dir, "halt"), 0o755);
    });
    afterEach(() => rmSync(dir, { recursive: true }));
    const finish = async (code: number, signal: number) => {
      await run(join(SERVICE, "finish"), [String(code), String(signal)], {
        S6_RESULTS: dir,
        S6_HALT: join(dir, "halt"),
      });
      expect(readFileSync(join(dir, "halted"), "utf8").trim()).toBe("halted");
      return Number(readFileSync(join(dir, "exitcode"), "utf8"));
    };

    it.each([
      ["its own exit code", 0, 0, 0],
      ["the code for wrong settings", 78, 0, 78],
      ["0 when it was asked to end", 256, 15, 0],
      ["128 and the signal that killed it", 256, 9, 137],
    ])("ends the container with %s", async (_, code, signal, expected) => {
      expect(await finish(code, signal)).toBe(expected);
    });

    it("keeps the code that something else ended the container with", async () => {
      writeFileSync(join(dir, "exitcode"), "3\n");
      expect(await finish(1, 0)).toBe(3);
    });
  });
});

describe("the health check", () => {
  const check = (port: number) => run(HEALTH, [], { IRENE_WYOMING__PORT: String(port) });

  it("is content with the running program while nothing is loaded, and not after its end", async () => {
    const program = await Program.serve({
      env: { IRENE_MODELS__OFFLINE: "true", IRENE_MQTT__ENABLED: "false" },
    });
    try {
      const port = await program.port("wyoming");
      expect(await check(port)).toBe(0);
      expect(await program.stop("SIGTERM")).toBe(0);
      expect(await check(port)).not.toBe(0);
    } finally {
      await program.dispose();
    }
  });

  describe("with somebody else at the port", () => {
    let server: Server;
    afterEach(() => void server.close());
    it("is not content with another answer", async () => {
      server = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\n")).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const address = server.address();
      expect(await check(typeof address === "object" ? (address?.port ?? 0) : 0)).not.toBe(0);
    });
  });
});
