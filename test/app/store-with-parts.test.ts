import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StoreWithParts } from "../../src/app/store-with-parts.js";
import { DiskModelStore } from "../../src/assets/disk-model-store.js";
import { systemClock } from "../../src/base/clock.js";
import { silentLogger } from "../../src/base/logger.js";
import { Catalog } from "../../src/catalog/catalog.js";
import { loadCatalog } from "../../src/catalog/load.js";
import type { ModelManifest } from "../../src/catalog/manifest.js";
import { locateLibrary } from "../../src/engines/vosk/locate-library.js";
import { missingLibrary } from "../../src/engines/vosk/vosk.js";
import { zip } from "../fixtures/archives.js";
import { manifest } from "../fixtures/manifests.js";
import { file, MisbehavingServer, status } from "../fixtures/misbehaving-server.js";
import { recordingLogger } from "../fixtures/recording-logger.js";

const MODEL = manifest({ id: "vosk/en", files: [], sources: [] });
const shipped = await loadCatalog({
  program: fileURLToPath(new URL("../../models/parts", import.meta.url)),
});

/** The beginning of a shared library for 64-bit ARM, which is all that is looked at without loading it. */
function armLibrary(): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32BE(0x7f454c46, 0);
  header[4] = 2;
  header[5] = 1;
  header.writeUInt16LE(183, 18);
  return header;
}

describe("StoreWithParts", () => {
  let dir: string;
  let server: MisbehavingServer;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "irene-parts-"));
    server = await MisbehavingServer.start();
  });
  afterEach(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  const shelf = (url: string): Catalog => {
    const part = shipped.find("vosk/libvosk_arm64");
    if (!part) throw new Error("the part is not in models/parts");
    // The same entry, but from this machine and with other bytes than the real release.
    return new Catalog([{ ...part, sources: [{ kind: "archive", url, stripComponents: 1 }] }]);
  };
  const open = async (parts: Catalog, partOf: (model: ModelManifest) => Promise<string | undefined>) => {
    const disk = await DiskModelStore.open({
      dir,
      clock: systemClock,
      logger: silentLogger,
      npm: { scopes: {} },
      addresses: { allowHttp: true },
    });
    const logger = recordingLogger();
    return { store: new StoreWithParts({ store: disk, parts, partOf, log: logger }), logger };
  };

  it("gets the library of a processor that has none, once, and says whose it is", async () => {
    const archive = zip([
      { name: "vosk-linux-aarch64-0.3.45/libvosk.so", content: armLibrary() },
      { name: "vosk-linux-aarch64-0.3.45/vosk_api.h", content: Buffer.from("int x;") },
    ]);
    const url = server.on("/vosk-linux-aarch64-0.3.45.zip", file(archive));
    const { store, logger } = await open(shelf(url), () => missingLibrary({}, "arm64"));
    expect(await store.find(MODEL)).toBeUndefined();
    const { paths } = await store.obtain(MODEL);
    expect(await readFile(paths["library"] ?? "")).toEqual(armLibrary());
    expect(await locateLibrary({ wanted: paths["library"], arch: "arm64", candidates: [] })).toMatchObject({
      ok: true,
    });
    expect(logger.lines.map(({ message }) => message).join("\n")).toMatch(
      /libvosk 0\.3\.45 for 64-bit ARM is needed .*Apache-2\.0/,
    );
    await store.obtain(MODEL);
    expect(server.gets("/vosk-linux-aarch64-0.3.45.zip")).toHaveLength(1);
    expect((await store.find(MODEL))?.paths["library"]).toBe(paths["library"]);
    expect(await store.collectGarbage(new Set([MODEL.id]), true)).toEqual([]);
  });

  it("fails with the reason when the part cannot be had", async () => {
    const url = server.on("/gone.zip", status(404));
    const { store } = await open(shelf(url), () => missingLibrary({}, "arm64"));
    await expect(store.obtain(MODEL)).rejects.toMatchObject({ name: "AssetError" });
  });

  it("gets nothing where nothing is missing", async () => {
    const { store } = await open(shelf("https://example.org/none.zip"), async () => undefined);
    expect(await store.obtain(MODEL)).toMatchObject({ paths: {} });
    expect(await store.check(MODEL)).toMatchObject({ name: "present" });
  });
});

describe("missingLibrary", () => {
  it("is a part only where there is one and the user names no library", async () => {
    expect(await missingLibrary({}, "arm64")).toBe("vosk/libvosk_arm64");
    expect(await missingLibrary({ library: "/opt/libvosk.so" }, "arm64")).toBeUndefined();
    expect(await missingLibrary({}, "arm")).toBeUndefined();
  });
});

describe("the shipped parts", () => {
  it("are pinned by a hash, under a licence that is named", () => {
    expect(shipped.models.map(({ id }) => id).sort()).toEqual(["espeak/wasm", "vosk/libvosk_arm64"]);
    for (const { sources, licence, files } of shipped.models) {
      const [source] = sources;
      const isPinned =
        source?.kind === "archive"
          ? source.sha256 !== undefined
          : files.every(({ sha256 }) => sha256 !== undefined);
      expect(isPinned).toBe(true);
      expect(licence.id).toMatch(/^(Apache-2\.0|GPL-3\.0-or-later)$/);
    }
  });
});
