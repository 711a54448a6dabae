import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiskModelStore, type ModelStoreOptions } from "../../src/assets/disk-model-store.js";
import type { AssetState } from "../../src/assets/model-store.js";
import { AssetError } from "../../src/base/errors.js";
import type { ModelManifest } from "../../src/catalog/manifest.js";
import { tarBz2, zip } from "../fixtures/archives.js";
import { ImpatientClock } from "../fixtures/impatient-clock.js";
import { manifest } from "../fixtures/manifests.js";
import { file, MisbehavingServer, silentAfter, status } from "../fixtures/misbehaving-server.js";
import { RecordingLogger } from "../fixtures/recording-logger.js";

const onnx = (bytes: number): Buffer => Buffer.concat([Buffer.of(0x08), randomBytes(bytes - 1)]);
const ENCODER = onnx(400_000);
const DECODER = onnx(700_000);
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("DiskModelStore", () => {
  let server: MisbehavingServer;
  let dir: string;
  let logger: RecordingLogger;
  const stores: DiskModelStore[] = [];

  beforeEach(async () => {
    server = await MisbehavingServer.start();
    dir = await mkdtemp(join(tmpdir(), "store-"));
    logger = new RecordingLogger();
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    await server.stop();
    await rm(dir, { recursive: true });
  });

  async function open(options: Partial<ModelStoreOptions> = {}): Promise<DiskModelStore> {
    const store = await DiskModelStore.open({
      dir,
      clock: new ImpatientClock(),
      logger,
      npm: { registry: server.url("/npm/"), scopes: {} },
      reserveBytes: 0,
      random: () => 0.5,
      ...options,
    });
    stores.push(store);
    return store;
  }

  function twoFiles(parts: Partial<ModelManifest> = {}): ModelManifest {
    server.on("/encoder", file(ENCODER));
    server.on("/decoder", file(DECODER));
    return manifest({
      id: "whisper/tiny",
      files: [
        { role: "encoder", path: "encoder.onnx", bytes: ENCODER.length, sha256: sha256(ENCODER) },
        { role: "decoder", path: "decoder.onnx" },
      ],
      sources: [{ kind: "http", urls: { encoder: server.url("/encoder"), decoder: server.url("/decoder") } }],
      ...parts,
    });
  }

  const code = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "it succeeded",
      (error: unknown) => {
        expect(error).toBeInstanceOf(AssetError);
        return (error as AssetError).code;
      },
    );

  /** Everything in the models folder but the checksums kept for ever. */
  const debris = async () => {
    const names = await readdir(dir, { recursive: true, withFileTypes: true });
    return names
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(dir.length + 1))
      .filter((path) => path.startsWith(".") && !path.startsWith(".known/"));
  };

  it("gets a model's files, tells of each step and leaves nothing else behind", async () => {
    const store = await open();
    const states: string[] = [];
    store.onChange((id, state) => id === "whisper/tiny" && states.push(state.name));
    const files = await store.obtain(twoFiles());
    expect(files.dir).toBe(join(dir, "whisper/tiny"));
    expect(await readFile(files.paths["encoder"] ?? "")).toEqual(ENCODER);
    expect(await readFile(files.paths["decoder"] ?? "")).toEqual(DECODER);
    expect([...new Set(states)]).toEqual(["downloading", "verifying", "present"]);
    expect(store.state("whisper/tiny")).toEqual({ name: "present", bytes: 1_100_000 });
    expect(store.present()).toEqual(new Set(["whisper/tiny"]));
    expect(await debris()).toEqual([]);
    expect(logger.lines).toEqual([
      "info Downloading whisper/tiny (size: 1.1MB)",
      `info Successfully downloaded: ${dir}/whisper/tiny/`,
    ]);
  });

  it("writes where each file came from and what it hashes to", async () => {
    await (await open()).obtain(twoFiles());
    const record: unknown = JSON.parse(await readFile(join(dir, "whisper/tiny/model.json"), "utf8"));
    expect(record).toMatchObject({
      id: "whisper/tiny",
      files: [
        {
          role: "encoder",
          path: "encoder.onnx",
          bytes: 400_000,
          sha256: sha256(ENCODER),
          source: server.url("/encoder"),
        },
        {
          role: "decoder",
          path: "decoder.onnx",
          bytes: 700_000,
          sha256: sha256(DECODER),
          source: server.url("/decoder"),
        },
      ],
    });
  });

  it("never asks the network for a model that is present, also after a restart", async () => {
    await (await open()).obtain(twoFiles());
    const asked = server.seen.length;
    const again = await open();
    expect(again.state("whisper/tiny")).toEqual({ name: "present", bytes: 1_100_000 });
    expect(await again.find(twoFiles())).toBeDefined();
    expect(await again.obtain(twoFiles())).toBeDefined();
    expect(server.seen).toHaveLength(asked);
  });

  it("shares one download among all who ask at once", async () => {
    const store = await open();
    const all = await Promise.all([1, 2, 3].map(() => store.obtain(twoFiles())));
    expect(new Set(all.map(({ dir: at }) => at)).size).toBe(1);
    expect(server.gets("/decoder")).toHaveLength(1);
  });

  it("lets one of two askers give up without the other noticing", async () => {
    const store = await open({ clock: new ImpatientClock() });
    const stop = new AbortController();
    const impatient = store.obtain(twoFiles(), stop.signal);
    const patient = store.obtain(twoFiles());
    stop.abort(new Error("too slow"));
    await expect(impatient).rejects.toThrow("too slow");
    expect(await patient).toBeDefined();
  });

  it("stops the download when the last asker gives up, and continues it next time", async () => {
    const store = await open();
    const model = twoFiles();
    const stop = new AbortController();
    const sent = new Promise<void>((resolve) => {
      server.on("/decoder", silentAfter(DECODER, 300_000, resolve));
    });
    const asked = store.obtain(model, stop.signal);
    await sent;
    stop.abort(new Error("later"));
    await expect(asked).rejects.toThrow("later");
    server.on("/decoder", file(DECODER));
    await store.obtain(model);
    expect(server.gets("/encoder")).toHaveLength(1);
    expect(await debris()).toEqual([]);
  });

  it("tries the sources in their order", async () => {
    const model = twoFiles();
    const dead = {
      kind: "http" as const,
      urls: { encoder: server.url("/gone"), decoder: server.url("/gone") },
    };
    const store = await open();
    await store.obtain({ ...model, sources: [dead, ...model.sources] });
    expect(logger.lines.join("\n")).toMatch(/does not have it \(status 404\).*trying the next source/);
  });

  it("does not wait long for a silent source while another is left", async () => {
    const model = twoFiles();
    const mute = server.on("/mute", status(503));
    const silent = { kind: "http" as const, urls: { encoder: mute, decoder: mute } };
    const store = await open();
    await store.obtain({ ...model, sources: [silent, ...model.sources] });
    expect(server.gets("/mute")).toHaveLength(2);
  });

  it("says what every source answered when none gives the model", async () => {
    const dead = (path: string) => ({ kind: "http" as const, urls: { model: server.url(path) } });
    const store = await open();
    const model = manifest({ id: "a/b", sources: [dead("/one"), dead("/two")] });
    const error: unknown = await store.obtain(model).catch((thrown: unknown) => thrown);
    expect((error as AssetError).code).toBe("download-failed");
    expect((error as AssetError).message).toMatch(/None of the 2 sources.*\/one.*\/two/);
    expect(store.state("a/b")).toEqual({ name: "missing" });
  });

  it("warns of a non-commercial licence before the download", async () => {
    const licence = { id: "CC-BY-NC-SA-4.0", url: "https://example.org/licence", commercial: false };
    await (await open()).obtain(twoFiles({ licence }));
    expect(logger.lines[0]).toBe(
      "warn whisper/tiny is licensed CC-BY-NC-SA-4.0, which forbids commercial use (https://example.org/licence)",
    );
    expect(logger.lines[1]).toContain("Downloading");
  });

  it("fetches nothing when offline", async () => {
    const store = await open({ offline: true });
    expect(await code(store.obtain(twoFiles()))).toBe("offline");
    expect(server.seen).toEqual([]);
    await (await open()).obtain(twoFiles());
    expect(await store.obtain(twoFiles())).toBeDefined();
  });

  it("demands ever after what a file without a published checksum held at its first download", async () => {
    const store = await open();
    const model = twoFiles();
    await store.obtain(model);
    await store.remove(model);
    expect(store.state("whisper/tiny")).toEqual({ name: "missing" });
    expect(existsSync(join(dir, "whisper/tiny"))).toBe(false);
    server.on("/decoder", file(onnx(DECODER.length), { etag: '"v2"' }));
    await expect(store.obtain(model)).rejects.toMatchObject({
      code: "asset-corrupt",
      message: expect.stringContaining("no longer the file it was at its first download"),
    });
    server.on("/decoder", file(DECODER));
    expect(await store.obtain(model)).toBeDefined();
  });

  it("finds a damaged file, says so, and gets it anew when asked", async () => {
    const store = await open();
    const model = twoFiles();
    const { paths } = await store.obtain(model);
    expect(await store.check(model)).toMatchObject({ name: "present" });
    await writeFile(paths["decoder"] ?? "", onnx(DECODER.length));
    expect(await store.check(model)).toEqual({
      name: "corrupt",
      reason: "decoder.onnx is not what was downloaded",
    });
    expect(await store.find(model)).toBeUndefined();
    expect(await (await open()).find(model)).toBeUndefined();
    await store.obtain(model);
    expect(await store.check(model)).toMatchObject({ name: "present" });
    expect(await readFile(paths["decoder"] ?? "")).toEqual(DECODER);
  });

  it("does not take a model for present that lost a byte, a file or its record", async () => {
    const store = await open();
    const model = twoFiles();
    const { paths } = await store.obtain(model);
    await truncate(paths["decoder"] ?? "", 10);
    expect(await store.find(model)).toBeUndefined();
    expect(store.state(model.id).name).toBe("corrupt");
    await store.obtain(model);
    await rm(join(dir, "whisper/tiny/model.json"));
    expect(await store.find(model)).toBeUndefined();
    expect(store.state(model.id).name).toBe("missing");
    expect((await open()).present().size).toBe(0);
  });

  it("gets a model anew whose entry asks for one more file", async () => {
    const store = await open();
    const model = twoFiles();
    const [encoder] = model.files;
    if (!encoder) throw new Error("no encoder");
    await store.obtain({ ...model, files: [encoder] });
    expect(await store.find(model)).toBeUndefined();
    expect(Object.keys((await store.obtain(model)).paths)).toEqual(["encoder", "decoder"]);
  });

  it("moves aside, and never deletes, a folder that somebody else put in a model's place", async () => {
    await mkdir(join(dir, "whisper/tiny"), { recursive: true });
    await writeFile(join(dir, "whisper/tiny/holiday.jpg"), "precious");
    const store = await open();
    await store.obtain(twoFiles());
    const [aside] = (await readdir(join(dir, "whisper"))).filter((name) => name !== "tiny");
    expect(await readFile(join(dir, "whisper", aside ?? "", "holiday.jpg"), "utf8")).toBe("precious");
  });

  it("sweeps up what interrupted work has left, but keeps downloads to be continued", async () => {
    await mkdir(join(dir, ".staging/whisper+tiny~1-abc"), { recursive: true });
    await mkdir(join(dir, ".partial/whisper+tiny"), { recursive: true });
    await writeFile(join(dir, ".partial/whisper+tiny/decoder.partial"), "half");
    await open();
    expect(await debris()).toEqual([".partial/whisper+tiny/decoder.partial"]);
    expect(await readdir(join(dir, ".staging"))).toEqual([]);
  });

  it("needs no files for a provider that has none", async () => {
    const robot = manifest({ id: "espeak/espeak-ng", files: [], sources: [] });
    const store = await open({ models: [robot] });
    expect(store.state(robot.id)).toEqual({ name: "present", bytes: 0 });
    expect((await store.obtain(robot)).paths).toEqual({});
  });

  it("says what to do about a model without a source, and about an id that is no path", async () => {
    const store = await open();
    expect(await code(store.obtain(manifest({ id: "a/b", sources: [] })))).toBe("asset-missing");
    expect(await code(store.obtain(manifest({ id: "../evil" })))).toBe("asset-missing");
    expect(await code(store.obtain(manifest({ id: "a/../../evil" })))).toBe("asset-missing");
  });

  it("reports a folder it cannot use", async () => {
    await writeFile(join(dir, "file"), "");
    expect(await code(open({ dir: join(dir, "file") }))).toBe("asset-missing");
    expect(await code(open({ dir: join(dir, "file", "models") }))).toBe("asset-missing");
    expect(await code(open({ dir: "/proc/nowhere/models" }))).toBe("asset-missing");
    expect((await open({ dir: join(dir, "new", "models") })).present().size).toBe(0);
  });

  it("tells its progress at most once a second", async () => {
    const big = onnx(20_000_000);
    server.on("/big", file(big));
    const clock = new ImpatientClock();
    const store = await open({ clock, bytesPerSecond: 4_000_000 });
    const progress: AssetState[] = [];
    store.onChange((_id, state) => progress.push(state));
    await store.obtain(
      manifest({
        id: "a/b",
        files: [{ role: "model", path: "m.onnx" }],
        sources: [{ kind: "http", urls: { model: server.url("/big") } }],
      }),
    );
    const told = progress.filter((state) => state.name === "downloading");
    expect(told.length).toBeGreaterThanOrEqual(4);
    expect(told.length).toBeLessThanOrEqual(8);
    const middle = told[3];
    expect(middle?.name === "downloading" && middle.bytesTotal).toBe(20_000_000);
    expect(middle?.name === "downloading" && Math.round(middle.bytesPerSecond / 1e5)).toBeCloseTo(40, -1);
  });

  describe("with archives", () => {
    const MODEL = randomBytes(200_000);
    const vosk = (parts: Partial<ModelManifest> = {}): ModelManifest =>
      manifest({
        id: "vosk/ru_small",
        files: [{ role: "dir", path: "./" }],
        sources: [{ kind: "archive", url: server.url("/v.zip"), stripComponents: 0 }],
        ...parts,
      });

    it("unpacks a zip, folding its single top folder away", async () => {
      const members = [
        { name: "vosk-model-small-ru/am/final.mdl", content: MODEL },
        { name: "vosk-model-small-ru/conf/model.conf", content: "" },
      ];
      server.on("/v.zip", file(zip(members)));
      const { paths } = await (await open()).obtain(vosk());
      expect(paths["dir"]).toBe(join(dir, "vosk/ru_small/"));
      expect(await readFile(join(dir, "vosk/ru_small/am/final.mdl"))).toEqual(MODEL);
      expect(logger.lines[1]).toBe(`info Extracting archive to: ${dir}/vosk/ru_small/`);
      expect(logger.lines[2]).toBe(`info Successfully downloaded: ${dir}/vosk/ru_small/`);
      expect(await debris()).toEqual([]);
    });

    it("keeps only the wanted members of an archive", async () => {
      const members = [
        { name: "whisper/tiny-encoder.int8.onnx", content: ENCODER },
        { name: "whisper/tiny-encoder.onnx", content: DECODER },
        { name: "whisper/test_wavs/0.wav", content: "RIFF" },
      ];
      server.on("/w.tar.bz2", file(await tarBz2(members)));
      const model = manifest({
        id: "whisper/tiny",
        files: [{ role: "encoder", path: "encoder.onnx" }],
        sources: [
          {
            kind: "archive",
            url: server.url("/w.tar.bz2"),
            stripComponents: 1,
            members: { encoder: "tiny-encoder.int8.onnx" },
          },
        ],
      });
      await (await open()).obtain(model);
      expect((await readdir(join(dir, "whisper/tiny"))).sort()).toEqual(["encoder.onnx", "model.json"]);
      expect(await readFile(join(dir, "whisper/tiny/encoder.onnx"))).toEqual(ENCODER);
    });

    it("publishes nothing of an archive that is refused or lacks a file", async () => {
      server.on("/v.zip", file(zip([{ name: "../evil", content: "x" }])));
      const store = await open();
      expect(await code(store.obtain(vosk()))).toBe("archive-refused");
      server.on("/w.zip", file(zip([{ name: "top/other", content: "x" }])));
      const model = manifest({
        id: "a/b",
        sources: [{ kind: "archive", url: server.url("/w.zip"), stripComponents: 1 }],
      });
      expect(await code(store.obtain(model))).toBe("asset-missing");
      expect((await open()).present().size).toBe(0);
      expect((await readdir(dir)).filter((name) => !name.startsWith("."))).toEqual([]);
    });
  });

  describe("with folders and several parts", () => {
    it("copies a user's folder, following links, and works offline", async () => {
      const home = await mkdtemp(join(tmpdir(), "home-"));
      await writeFile(join(home, "weights.onnx"), ENCODER);
      const model = manifest({
        id: "mine/model",
        files: [{ role: "model", path: "model.onnx" }],
        sources: [{ kind: "file", dir: home, names: { model: "weights.onnx" } }],
      });
      const store = await open({ offline: true });
      const { paths } = await store.obtain(model);
      expect(await readFile(paths["model"] ?? "")).toEqual(ENCODER);
      expect((await stat(join(home, "weights.onnx"))).size).toBe(ENCODER.length);
      await rm(home, { recursive: true });
    });

    it("copies a user's file anew once it has changed", async () => {
      const home = await mkdtemp(join(tmpdir(), "home-"));
      await writeFile(join(home, "model.onnx"), ENCODER);
      const files = [{ role: "model", path: "model.onnx" }];
      const model = manifest({ id: "mine/model", files, sources: [{ kind: "file", dir: home }] });
      const store = await open();
      const { paths } = await store.obtain(model);
      expect(await store.find(model)).toBeDefined();
      const { ctimeMs } = await stat(join(home, "model.onnx"));
      // The clock of a file system moves in steps of some milliseconds.
      do await writeFile(join(home, "model.onnx"), DECODER);
      while ((await stat(join(home, "model.onnx"))).ctimeMs === ctimeMs);
      expect(await store.find(model)).toBeUndefined();
      await store.obtain(model);
      expect(await readFile(paths["model"] ?? "")).toEqual(DECODER);
      await rm(join(home, "model.onnx"));
      expect(await store.find(model)).toBeDefined();
      await rm(home, { recursive: true });
    });

    it("says which file a folder lacks", async () => {
      const model = manifest({ id: "mine/model", sources: [{ kind: "file", dir: "/nowhere/at/all" }] });
      const error: unknown = await (await open()).obtain(model).catch((thrown: unknown) => thrown);
      expect((error as AssetError).message).toContain("/nowhere/at/all/model.onnx is missing");
    });

    it("puts a model together from several sources", async () => {
      const home = await mkdtemp(join(tmpdir(), "home-"));
      await writeFile(join(home, "word.onnx"), DECODER);
      server.on("/encoder", file(ENCODER));
      const model = manifest({
        id: "wake/word",
        files: [
          { role: "embedding", path: "embedding.onnx" },
          { role: "word", path: "word.onnx" },
        ],
        sources: [
          {
            kind: "parts",
            parts: [
              { kind: "http", urls: { embedding: server.url("/encoder") } },
              { kind: "file", dir: home },
            ],
          },
        ],
      });
      const { paths } = await (await open()).obtain(model);
      expect(await readFile(paths["embedding"] ?? "")).toEqual(ENCODER);
      expect(await readFile(paths["word"] ?? "")).toEqual(DECODER);
      await rm(home, { recursive: true });
    });
  });

  it("does not publish a page, a pointer or an empty file as a model", async () => {
    const store = await open();
    for (const content of [
      "<!DOCTYPE html><html>",
      "version https://git-lfs.github.com/spec/v1\n",
      "PK\x03\x04 no onnx",
    ]) {
      server.on("/fake", file(Buffer.from(content), { etag: `"${content.length}"` }));
      const model = manifest({
        id: `fake/m${content.length}`,
        files: [{ role: "model", path: "model.onnx" }],
        sources: [{ kind: "http", urls: { model: server.url("/fake") } }],
      });
      expect(await code(store.obtain(model))).toBe("asset-corrupt");
      expect(await readdir(join(dir, ".known"))).toEqual([]);
    }
    server.on("/empty", status(200));
    const empty = manifest({
      id: "fake/empty",
      files: [{ role: "t", path: "t.txt" }],
      sources: [{ kind: "http", urls: { t: server.url("/empty") } }],
    });
    expect(await code(store.obtain(empty))).toBe("asset-corrupt");
  });
});
