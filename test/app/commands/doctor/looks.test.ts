import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { askBroker } from "../../../../src/app/commands/doctor/ask-broker.js";
import { findProgram, freeDiskBytes, tryFolder, tryPort } from "../../../../src/app/commands/doctor/looks.js";
import { loadConfig } from "../../../../src/config/load.js";
import { EmbeddedBroker } from "../../../../src/gateways/mqtt/embedded-broker.js";
import { recordingLogger } from "../../../fixtures/recording-logger.js";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "irene-doctor-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("trying a folder", () => {
  it("leaves nothing behind, and makes it where it is missing", async () => {
    const found = await tryFolder(join(dir, "new"));
    expect(found).toEqual({ dir: join(dir, "new"), fileSystem: expect.any(Number) });
    expect(readdirSync(join(dir, "new"))).toEqual([]);
    expect(await freeDiskBytes(dir)).toBeGreaterThan(0);
  });

  it("says what stands in the way", async () => {
    writeFileSync(join(dir, "file"), "");
    expect((await tryFolder(join(dir, "file"))).obstacle).toMatch(/EEXIST|ENOTDIR/);
  });
});

describe("trying a port", () => {
  it("finds it free, taken or not to be had", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    expect(await tryPort("127.0.0.1", port)).toBe("taken");
    server.close();
    await once(server, "close");
    expect(await tryPort("127.0.0.1", port)).toBe("free");
    expect(await tryPort("127.0.0.1", 0)).toBe("any");
    expect(await tryPort("192.0.2.1", port)).toEqual({ refused: expect.stringContaining("192.0.2.1") });
  });
});

describe("looking for a program", () => {
  it("finds the first that can be run", async () => {
    writeFileSync(join(dir, "tool"), "");
    expect(await findProgram("tool", `/does/not/exist::${dir}`)).toBeUndefined();
    chmodSync(join(dir, "tool"), 0o755);
    expect(await findProgram("tool", `/does/not/exist::${dir}`)).toBe(join(dir, "tool"));
    expect(existsSync(join(dir, "tool"))).toBe(true);
  });
});

describe("asking the broker", () => {
  const ask = (env: Record<string, string>) => {
    const { config } = loadConfig({ env, flags: new Map() });
    return askBroker(config, env, false);
  };
  const broker = async () => {
    const credentials = { username: "irene", password: "right" };
    const started = await EmbeddedBroker.start(
      { host: "127.0.0.1", port: 0, credentials },
      recordingLogger(),
    );
    onTestFinished(() => started.close());
    return started;
  };

  it("does not ask where there is none to ask", async () => {
    expect(await ask({ IRENE_MQTT__ENABLED: "false" })).toEqual({ kind: "off" });
    expect(await ask({})).toEqual({ kind: "own" });
  });

  it("is let in with the right password only", async () => {
    const { url, port } = await broker();
    const login = (password: string) =>
      ask({ IRENE_MQTT__URL: url, IRENE_MQTT__USERNAME: "irene", IRENE_MQTT__PASSWORD: password });
    expect(await login("right")).toMatchObject({ kind: "reached", name: `127.0.0.1:${port}` });
    expect(await login("wrong")).toMatchObject({
      kind: "lost",
      configured: true,
      why: expect.stringMatching(/refused the user name or password/),
    });
  });

  it("says so when nobody is there, or the address is none", async () => {
    expect(await ask({ IRENE_MQTT__URL: "mqtt://127.0.0.1:9" })).toMatchObject({
      kind: "lost",
      why: expect.stringMatching(/cannot be reached: nothing listens there/),
    });
    expect(await ask({ IRENE_MQTT__URL: "gopher://x" })).toMatchObject({
      kind: "lost",
      why: expect.stringMatching(/address is not valid/),
    });
  });
});
