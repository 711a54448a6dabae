import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { pageDefaults, pageSchema } from "../../src/config/options-page.js";
import { pageFields } from "../../src/config/page-fields.js";
import { lintBuild, lintManifest, type Manifest } from "../fixtures/addon-linter.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const yaml = (path: string): Manifest => parse(text(path)) as Manifest;
const manifest = yaml("config.yaml");

describe("config.yaml", () => {
  it("has nothing that the published linter objects to", () => {
    expect(lintManifest(manifest)).toEqual([]);
    expect(lintBuild(yaml("build.yaml"))).toEqual([]);
  });

  it("is the only file of its name that the Supervisor finds", () => {
    const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const found = files.split("\n").filter((path) => {
      const parts = path.split("/");
      return (
        /^config\.(ya?ml|json)$/.test(parts.at(-1) ?? "") &&
        !parts.some((part) => part.startsWith(".") || part === "rootfs")
      );
    });
    expect(found).toEqual(["config.yaml"]);
  });

  it("carries the version of the program", () => {
    expect(manifest["version"]).toBe((JSON.parse(text("package.json")) as { version: string }).version);
    expect(text("CHANGELOG.md")).toContain(`## ${String(manifest["version"])}\n`);
  });

  it("offers exactly the options of the program's schema, with its types and defaults", () => {
    expect(manifest["schema"]).toEqual(pageSchema());
    expect(manifest["options"]).toEqual(pageDefaults());
    expect(Object.keys(manifest["schema"] as object)).toEqual(Object.keys(pageSchema()));
  });

  it("opens no port of the host by itself", () => {
    expect(Object.values(manifest["ports"] as object)).toEqual([null]);
  });

  it("keeps models out of backups, wherever the Supervisor mounts the data", () => {
    expect(manifest["backup_exclude"]).toContain("models/*");
  });

  it("declares what the program uses of the Supervisor", () => {
    expect(manifest["discovery"]).toEqual(["wyoming"]);
    expect(manifest["services"]).toEqual(["mqtt:want"]);
    expect(manifest["homeassistant_api"]).toBe(true);
    expect(manifest["ingress"]).toBe(true);
    expect(manifest["init"]).toBe(false);
  });
});

describe("the linter's rules", () => {
  const broken = (change: Manifest) => lintManifest({ ...manifest, ...change });
  it.each([
    [{ watchdog: "tcp://[HOST]:1" }, "watchdog is obsolete"],
    [{ ingress_port: 8099 }, "ingress_port is at its default"],
    [{ webui: "http://x" }, "webui and ingress exclude each other"],
    [{ typo: 1 }, "typo is unknown"],
    [{ arch: ["armv7"] }, "arch armv7 is deprecated"],
    [{ map: ["app_config:rw"] }, "map app_config:rw is not known"],
    [{ slug: undefined }, "slug is required"],
    [{ slug: "irene edge" }, "slug is not of its form"],
    [{ version: 0.1 }, "version is not of its form"],
    [{ url: "irene-edge.example" }, "url is not of its form"],
    [{ boot: "always" }, "boot is none of auto, manual, manual_only"],
    [{ boot: "auto" }, "boot is at its default"],
    [{ stage: "beta" }, "stage is none of stable, experimental, deprecated"],
    [{ startup: "application" }, "startup is at its default"],
    [{ apparmor: true }, "apparmor is at its default"],
    [{ timeout: 10 }, "timeout is at its default"],
    [{ timeout: "30" }, "timeout is no number"],
    [{ hassio_api: false }, "hassio_api is at its default"],
    [{ hassio_api: "yes" }, "hassio_api is no boolean"],
    [{ advanced: true }, "advanced is warned of"],
    [{ full_access: true }, "full_access is warned of"],
    [{ full_access: true, devices: ["/dev/snd"] }, "full_access makes devices needless"],
    [{ backup: "cold", backup_pre: "sync" }, "a cold backup knows no commands before and after"],
    [{ ingress_port: 0 }, "ingress_port 0 needs host_network"],
    [{ services: ["mqtt"] }, "service mqtt is not known"],
    [{ ports: { "10300": null } }, "port 10300 is not of its form"],
    [{ ports: { "10400/tcp": null } }, "port 10400/tcp has no description"],
    [{ auto_uart: true }, "auto_uart is obsolete"],
    [{ codenotary: "a@b" }, "codenotary is obsolete"],
    [{ squash: true }, "squash is obsolete"],
    [{ schema: { a: "text" }, options: { a: "" } }, "schema a has the unknown type text"],
    [{ schema: { a: [{ b: [{ c: "str" }] }] }, options: { a: [] } }, "schema a nests too deep"],
    [{ schema: { a: "str?" }, options: { a: "" } }, "a is optional and has a default"],
    [{ schema: { a: "str" }, options: {} }, "a has no default"],
  ])("object to %j", (change, complaint) => {
    expect(broken(change)).toContain(complaint);
  });
});

describe("the linter's rules for build.yaml", () => {
  it("object to keys it does not know", () => {
    expect(lintBuild({ build_from: {}, args: {}, labels: {}, squash: true })).toEqual(["squash is unknown"]);
  });
});

describe("translations", () => {
  const fields = pageFields();
  const read = (language: string) =>
    yaml(`translations/${language}.yaml`) as {
      configuration: Record<string, { name: string; description: string }>;
      network: Record<string, string>;
    };

  it("describe every option in English as the schema does", () => {
    const { configuration } = read("en");
    expect(Object.entries(configuration).map(([name, { description }]) => [name, description])).toEqual(
      fields.map(({ name, option }) => [name, option.doc]),
    );
  });

  it.each(readdirSync(join(ROOT, "translations")))("in %s name every option and port", (file) => {
    const { configuration, network } = read(file.replace(".yaml", ""));
    expect(Object.keys(configuration)).toEqual(fields.map(({ name }) => name));
    for (const { name, description } of Object.values(configuration)) {
      expect(name).toMatch(/\S/);
      expect(description).toMatch(/\S/);
    }
    expect(Object.keys(network)).toEqual(Object.keys(manifest["ports"] as object));
  });

  it("are in Russian where they say so", () => {
    for (const { description } of Object.values(read("ru").configuration))
      expect(description).toMatch(/[а-яё]/i);
  });
});

describe("pictures", () => {
  const size = (path: string) => {
    const bytes = readFileSync(join(ROOT, path));
    expect(bytes.toString("latin1", 1, 4)).toBe("PNG");
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  };
  it("have the sizes the store wants and stay small", () => {
    expect(size("icon.png")).toEqual([128, 128]);
    expect(size("logo.png")).toEqual([250, 100]);
    for (const path of ["icon.png", "logo.png"]) expect(statSync(join(ROOT, path)).size).toBeLessThan(20_000);
  });
});

describe("Dockerfile", () => {
  it("stands alone, on the base that build.yaml names", () => {
    const [, base] = /^ARG BUILD_FROM=(\S+)$/m.exec(text("Dockerfile")) ?? [];
    expect(Object.values(yaml("build.yaml")["build_from"] as object)).toEqual([base, base]);
  });

  it("lets everything it copies through .dockerignore", () => {
    const allowed = text(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"));
    const copied = [...text("Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from]) =>
      (from ?? "").split(" "),
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) expect(allowed).toContain(`!${path.split("/")[0]}`);
  });
});
