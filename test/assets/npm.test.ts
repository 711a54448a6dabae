import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiskModelStore } from "../../src/assets/disk-model-store.js";
import { findTarball, type NpmSettings, npmSettings } from "../../src/assets/sources/npm-registry.js";
import { systemClock } from "../../src/base/clock.js";
import { AssetError } from "../../src/base/errors.js";
import { silentLogger } from "../../src/base/logger.js";
import { loadCatalog } from "../../src/catalog/load.js";
import type { ModelManifest, NpmMember } from "../../src/catalog/manifest.js";
import { type Member, tarGz, zip } from "../fixtures/archives.js";
import { manifest } from "../fixtures/manifests.js";
import { file, MisbehavingServer } from "../fixtures/misbehaving-server.js";

const NETWORK = Buffer.concat([Buffer.of(0x08), Buffer.alloc(5000, 3)]);

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "npm-"));
});
afterEach(() => rm(dir, { recursive: true }));

const openStore = (npm: NpmSettings) =>
  DiskModelStore.open({
    dir: join(dir, "models"),
    clock: systemClock,
    logger: silentLogger,
    npm,
    reserveBytes: 0,
  });

describe("a model from npm packages", () => {
  let server: MisbehavingServer;
  beforeEach(async () => {
    server = await MisbehavingServer.start();
  });
  afterEach(() => server.stop());

  /** Publishes a package on a registry of our own; its metadata names another one, as a mirror's may. */
  async function publish(name: string, members: readonly Member[]): Promise<string> {
    const tarball = await tarGz(members);
    const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    const path = `${name}/-/pkg-1.0.0.tgz`;
    const dist = { tarball: `https://elsewhere.example/${path}`, integrity };
    const packument = {
      name,
      "dist-tags": { latest: "1.0.0" },
      versions: { "1.0.0": { name, version: "1.0.0", dist } },
    };
    server.on(
      `/npm/${name.replace("/", "%2f")}`,
      file(Buffer.from(JSON.stringify(packument)), { headers: { "content-type": "application/json" } }),
    );
    server.on(`/npm/${path}`, file(tarball));
    return integrity;
  }

  const model = (...members: readonly NpmMember[]): ModelManifest =>
    manifest({
      id: "test/model",
      files: members.map(({ role }) => ({ role, path: role === "dir" ? "./" : `${role}.onnx` })),
      sources: [{ kind: "npm", members }],
    });
  const settings = () => ({ registry: server.url("/npm/"), scopes: {} });
  const obtain = async (wanted: ModelManifest) => (await openStore(settings())).obtain(wanted);

  async function refusal(wanted: ModelManifest): Promise<AssetError> {
    const error: unknown = await obtain(wanted).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AssetError);
    return error as AssetError;
  }

  it("keeps only the named members of each package", async () => {
    const one = await publish("@scope/one", [
      { name: "package/package.json", content: "{}" },
      { name: "package/weights/a.onnx", content: NETWORK },
    ]);
    await publish("two", [{ name: "two-top/b.onnx", content: NETWORK }]);
    const wanted = model(
      { role: "encoder", package: "@scope/one@1.0.0", integrity: one, member: "weights/a.onnx" },
      { role: "decoder", package: "two@1.0.0", member: "b.onnx" },
    );
    const { paths } = await obtain(wanted);
    expect(await readFile(paths["encoder"] ?? "")).toEqual(NETWORK);
    expect(await readFile(paths["decoder"] ?? "")).toEqual(NETWORK);
    const record = JSON.parse(await readFile(join(dir, "models/test/model/model.json"), "utf8")) as {
      files: unknown[];
    };
    expect(record.files).toHaveLength(2);
    expect(record.files[0]).toMatchObject({ source: "npm:@scope/one@1.0.0/weights/a.onnx" });
  });

  it("takes a folder of a package, or an archive in it, for a folder", async () => {
    await publish("folder", [
      { name: "package/model-fr/am/final.mdl", content: NETWORK },
      { name: "package/model-fr/conf/online.conf", content: "" },
      { name: "package/other", content: "x" },
    ]);
    const folder = await obtain(model({ role: "dir", package: "folder@1.0.0", member: "model-fr" }));
    expect(await readFile(join(folder.paths["dir"] ?? "", "am/final.mdl"))).toEqual(NETWORK);

    const archive = zip([{ name: "top/am/final.mdl", content: NETWORK }]);
    await publish("zipped", [{ name: "package/model.zip", content: archive }]);
    const wanted = {
      ...model({ role: "dir", package: "zipped@1.0.0", member: "model.zip" }),
      id: "test/zipped",
    };
    const zipped = await obtain(wanted);
    expect(await readFile(join(zipped.paths["dir"] ?? "", "am/final.mdl"))).toEqual(NETWORK);
  });

  it("is refused when the registry offers other contents than the catalog expects", async () => {
    await publish("one", [{ name: "package/a.onnx", content: NETWORK }]);
    const error = await refusal(
      model({ role: "encoder", package: "one@1.0.0", integrity: "sha512-AAAA", member: "a.onnx" }),
    );
    expect(error.code).toBe("asset-corrupt");
    expect(error.message).toContain("other contents than the catalog expects");
  });

  it("is refused when the tarball is not what the registry promises", async () => {
    await publish("one", [{ name: "package/a.onnx", content: NETWORK }]);
    server.on("/npm/one/-/pkg-1.0.0.tgz", file(await tarGz([{ name: "package/a.onnx", content: "evil" }])));
    expect((await refusal(model({ role: "encoder", package: "one@1.0.0", member: "a.onnx" }))).code).toBe(
      "asset-corrupt",
    );
  });

  it("says which member or package does not exist", async () => {
    await publish("one", [{ name: "package/a.onnx", content: NETWORK }]);
    const noMember = await refusal(model({ role: "encoder", package: "one@1.0.0", member: "b.onnx" }));
    expect(noMember.message).toContain("one@1.0.0 does not contain b.onnx");
    const noPackage = await refusal(model({ role: "encoder", package: "none@1.0.0", member: "b.onnx" }));
    expect(noPackage.code).toBe("download-failed");
    expect(noPackage.message).toContain("does not give none@1.0.0: it does not exist there");
  });
});

describe("npmSettings", () => {
  it("takes the registry npm itself would: environment, then project, user and system", async () => {
    const home = join(dir, "home");
    const project = join(dir, "project");
    const globalconfig = join(dir, "npmrc");
    await mkdir(home);
    await mkdir(project);
    const env = { HOME: home, npm_config_globalconfig: globalconfig };
    expect(await npmSettings(env, project)).toEqual({ scopes: {} });
    await writeFile(globalconfig, "; a comment\nregistry = https://system.example/\n");
    expect((await npmSettings(env, project)).registry).toBe("https://system.example/");
    await writeFile(
      join(home, ".npmrc"),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: npm's own way to name a variable.
      "registry=https://${WHERE}.example/\n@mine:registry=https://mine.example/\n",
    );
    const user = await npmSettings({ ...env, WHERE: "user" }, project);
    expect(user).toEqual({ registry: "https://user.example/", scopes: { "@mine": "https://mine.example/" } });
    await writeFile(join(project, ".npmrc"), 'registry="https://project.example/"\n');
    expect((await npmSettings(env, project)).registry).toBe("https://project.example/");
    const registry = "https://variable.example/";
    expect((await npmSettings({ ...env, NPM_CONFIG_REGISTRY: registry }, project)).registry).toBe(registry);
  });
});

const SETTINGS = await npmSettings(process.env, process.cwd());
const REACHABLE = await findTarball("llama-tokenizer-js@1.2.2", undefined, SETTINGS).then(
  () => true,
  () => false,
);

describe.skipIf(!REACHABLE)("the shipped catalog (needs the npm registry)", () => {
  it("gives Moonshine Base with every file as pinned", async () => {
    const catalog = await loadCatalog({ program: fileURLToPath(new URL("../../models/", import.meta.url)) });
    const wanted = catalog.find("moonshine/base-en");
    if (!wanted) throw new Error("moonshine/base-en is not in the catalog");
    const store = await openStore(SETTINGS);
    const { paths } = await store.obtain(wanted);
    expect(Object.keys(paths)).toEqual(["encoder", "decoder", "tokens"]);
    expect(wanted.files.every(({ sha256 }) => sha256 !== undefined)).toBe(true);
    expect(await store.check(wanted)).toEqual({ name: "present", bytes: 63_522_327 });
    await store.close();
  });
});
