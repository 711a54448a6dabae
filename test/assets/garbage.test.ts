import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Layout } from "../../src/assets/disk/layout.js";
import { ModelLock } from "../../src/assets/disk/model-lock.js";
import { DiskModelStore } from "../../src/assets/disk-model-store.js";
import { systemClock } from "../../src/base/clock.js";
import { manifest } from "../fixtures/manifests.js";
import { recordingLogger } from "../fixtures/recording-logger.js";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "irene-garbage-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const put = (path: string, text = "x"): void => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
};
const record = (id: string): string =>
  JSON.stringify({ format: 1, id, files: [{ role: "model", path: "m", bytes: 1, sha256: "", source: "" }] });
const model = (id: string): void => {
  put(`${id}/m`);
  put(`${id}/model.json`, record(id));
};
const open = () =>
  DiskModelStore.open({
    dir,
    clock: systemClock,
    logger: recordingLogger(),
    npm: { registry: "http://127.0.0.1:9/", scopes: {} },
  });
const KNOWN = new Set(["whisper/tiny", "whisper/base"]);

describe("collecting garbage", () => {
  it("finds unfinished downloads, damaged models and those of no catalog, and keeps the rest", async () => {
    model("whisper/tiny");
    model("whisper/former");
    put("whisper/base/m");
    put("whisper/base/model.json.bad", record("whisper/base"));
    put("mine/own/weights.bin");
    put("notes.txt");
    const store = await open();
    put(".partial/whisper+base/model.partial", "12345");
    put(".staging/whisper+base~1-abc/m", "123");
    const before = await store.collectGarbage(KNOWN, false);
    expect(before.map(({ path, bytes }) => [path, bytes])).toEqual([
      [".staging/whisper+base~1-abc", 3],
      [".partial/whisper+base", 5],
      ["whisper/base", 1 + record("whisper/base").length],
      ["whisper/former", 1 + record("whisper/former").length],
    ]);
    expect(before.every(({ path }) => existsSync(join(dir, path)))).toBe(true);
    expect(await store.collectGarbage(KNOWN, true)).toEqual(before);
    expect(before.filter(({ path }) => existsSync(join(dir, path)))).toEqual([]);
    for (const path of ["whisper/tiny/m", "mine/own/weights.bin", "notes.txt"]) {
      expect(existsSync(join(dir, path))).toBe(true);
    }
    expect(await store.collectGarbage(KNOWN, false)).toEqual([]);
    await store.close();
  });

  it("leaves alone what another process is at work on", async () => {
    const store = await open();
    put(".partial/whisper+base/model.partial");
    const lock = await ModelLock.take(new Layout(dir).lock("whisper/base"), systemClock);
    expect(await store.collectGarbage(KNOWN, true)).toEqual([]);
    await lock?.release();
    expect(await store.collectGarbage(KNOWN, true)).toHaveLength(1);
    await store.close();
  });

  it("makes a damaged model a missing one", async () => {
    model("whisper/base");
    const store = await open();
    const base = manifest({ id: "whisper/base", files: [{ role: "model", path: "m" }] });
    put("whisper/base/m", "y");
    expect((await store.check(base)).name).toBe("corrupt");
    await store.collectGarbage(KNOWN, true);
    expect(store.state("whisper/base")).toEqual({ name: "missing" });
    await store.close();
  });
});
