import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetchPiperIndex } from "../../src/assets/piper-index.js";
import { silentLogger } from "../../src/base/logger.js";
import { loadCatalog } from "../../src/catalog/load.js";
import { ImpatientClock } from "../fixtures/impatient-clock.js";
import { file, MisbehavingServer } from "../fixtures/misbehaving-server.js";

const INDEX = JSON.stringify({ "xx_XX-voice-low": { files: { "a/b.onnx": { size_bytes: 5 } } } });

describe("fetchPiperIndex", () => {
  let server: MisbehavingServer;
  let dir: string;
  beforeEach(async () => {
    server = await MisbehavingServer.start();
    dir = await mkdtemp(join(tmpdir(), "index-"));
  });
  afterEach(async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  });

  const refresh = (text: string) => {
    const url = server.on("/voices.json", file(Buffer.from(text), { etag: `"${text.length}"` }));
    const options = { dir, clock: new ImpatientClock(), logger: silentLogger, url };
    return fetchPiperIndex(options, new AbortController().signal);
  };

  it("puts the index where the catalog reads it", async () => {
    expect([...(await refresh(INDEX)).keys()]).toEqual(["xx_XX-voice-low"]);
    expect(await readdir(dir)).toEqual(["voices.json"]);
    const catalog = await loadCatalog({ program: dir, user: dir });
    expect(catalog.find("piper/xx_XX-voice-low")?.downloadBytes).toBe(5);
    expect(catalog.find("piper/xx_XX-other-low")).toBeUndefined();
  });

  it("keeps the older index when what came is none", async () => {
    await writeFile(join(dir, "voices.json"), INDEX);
    await expect(refresh("[]")).rejects.toMatchObject({ code: "asset-corrupt" });
    expect(await readFile(join(dir, "voices.json"), "utf8")).toBe(INDEX);
    expect(await readdir(dir)).toEqual(["voices.json"]);
  });
});
