import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiskModelStore } from "../../src/assets/disk-model-store.js";
import { systemClock } from "../../src/base/clock.js";
import { AssetError } from "../../src/base/errors.js";
import { silentLogger } from "../../src/base/logger.js";
import { MIB } from "../../src/base/units.js";
import type { ModelManifest } from "../../src/catalog/manifest.js";
import { zip } from "../fixtures/archives.js";
import { manifest } from "../fixtures/manifests.js";
import { file, MisbehavingServer } from "../fixtures/misbehaving-server.js";

const SIZE_BYTES = 8 * MIB;

describe.skipIf(!canMount())("a full disk (needs root to mount a small one)", () => {
  let home: string;
  let dir: string;
  let server: MisbehavingServer;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "full-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE_BYTES}`, "tmpfs", home]);
    dir = join(home, "models");
    server = await MisbehavingServer.start();
  });
  afterEach(async () => {
    await server.stop();
    execFileSync("umount", [home]);
    rmSync(home, { recursive: true });
  });

  const open = (reserveBytes = 0) =>
    DiskModelStore.open({
      dir,
      clock: systemClock,
      logger: silentLogger,
      npm: { registry: server.url("/"), scopes: {} },
      reserveBytes,
    });

  async function expectRefusal(store: DiskModelStore, model: ModelManifest): Promise<void> {
    const error: unknown = await store.obtain(model).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AssetError);
    expect((error as AssetError).code).toBe("disk-full");
    expect((error as AssetError).message).toContain("remove models or files you no longer need");
    const left = await readdir(dir, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
    await store.close();
  }

  const served = (url: string): ModelManifest =>
    manifest({
      id: "a/b",
      files: [{ role: "model", path: "model.bin" }],
      sources: [{ kind: "http", urls: { model: url } }],
    });

  it("is seen before a download that cannot fit", async () => {
    const store = await open();
    await expectRefusal(store, served(server.on("/m", file(randomBytes(SIZE_BYTES + 1)))));
    expect(server.gets("/m")).toHaveLength(0);
  });

  it("is seen before the reserve for others is touched", async () => {
    const store = await open(4 * MIB);
    await expectRefusal(store, served(server.on("/m", file(randomBytes(5 * MIB)))));
  });

  it("ends a download of unknown size, leaving nothing", async () => {
    const bytes = randomBytes(SIZE_BYTES + MIB);
    const url = server.on("/m", (request, response) => {
      response.writeHead(200);
      response.end(request.method === "HEAD" ? undefined : bytes);
    });
    await expectRefusal(await open(), served(url));
  });

  it("ends the unpacking of an archive, leaving nothing", async () => {
    const bytes = Buffer.concat([randomBytes(100_000), Buffer.alloc(SIZE_BYTES + MIB)]);
    const url = server.on("/z", file(zip([{ name: "top/model.bin", content: bytes }])));
    const model = manifest({
      id: "a/b",
      files: [{ role: "model", path: "model.bin" }],
      sources: [{ kind: "archive", url, stripComponents: 1 }],
    });
    await expectRefusal(await open(), model);
  });

  it("lets a model be got once there is room", async () => {
    await writeFile(join(home, "filler"), randomBytes(6 * MIB));
    const model = served(server.on("/m", file(randomBytes(4 * MIB))));
    await expectRefusal(await open(), model);
    rmSync(join(home, "filler"));
    const store = await open();
    expect(await store.obtain(model)).toBeDefined();
    await store.close();
  });
});

function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const dir = join(tmpdir(), `mount-probe-${process.pid}`);
  try {
    mkdirSync(dir);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", dir], { stdio: "ignore" });
    execFileSync("umount", [dir]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
