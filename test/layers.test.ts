import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src/", import.meta.url));

/** Top to bottom: a line may import the lines below it and its own folder, never its neighbours. */
const LAYERS: readonly (readonly string[])[] = [
  ["main", "worker-main", "cli"],
  ["app"],
  ["gateways"],
  ["sessions"],
  ["residency"],
  ["workers"],
  ["engines", "assets"],
  ["catalog", "home"],
  ["audio", "text", "protocol", "config"],
  ["base"],
];

/** Packages and globals that only some places may touch, with the reason in the architecture. */
const CONFINED: readonly { readonly what: RegExp; readonly only: RegExp }[] = [
  { what: /^node:net$/, only: /^gateways\/(wyoming|mqtt)\/|^assets\// },
  { what: /^@homebridge\/ciao$/, only: /^gateways\/zeroconf\// },
  { what: /^(mqtt|aedes)$/, only: /^gateways\/mqtt\// },
  { what: /^node:child_process$/, only: /^(workers|engines|gateways\/local-audio|assets)\// },
  { what: /^(sherpa-onnx-node|onnxruntime-node|koffi|vosk)$/, only: /^engines\// },
  { what: /^naudiodon$/, only: /^gateways\/local-audio\// },
];

const MAX_LINES = 400;

interface Source {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sources(): readonly Source[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => {
      const text = readFileSync(join(SRC, file), "utf8");
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
      return { file: file.replaceAll("\\", "/"), text, imports };
    });
}

const layerOf = (file: string): { name: string; level: number } => {
  const name = file.replace(/\.ts$/, "").split("/")[0] ?? "";
  const level = LAYERS.findIndex((line) => line.includes(name));
  return { name, level };
};

describe("the layers of src/", () => {
  const all = sources();

  it("give every source file a place", () => {
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter(({ file }) => layerOf(file).level < 0).map(({ file }) => file)).toEqual([]);
  });

  it("import only downwards", () => {
    const upward: string[] = [];
    for (const { file, imports } of all) {
      const from = layerOf(file);
      for (const target of imports.filter((path) => path.startsWith("."))) {
        const to = layerOf(relative(SRC, resolve(SRC, dirname(file), target)).replace(/\.js$/, ""));
        if (to.level > from.level || to.name === from.name) continue;
        upward.push(`${file} imports ${target}`);
      }
    }
    expect(upward).toEqual([]);
  });

  it("keep gateways apart from one another", () => {
    const crossing: string[] = [];
    for (const { file, imports } of all) {
      const own = /^gateways\/([^/]+)\//.exec(file)?.[1];
      if (!own) continue;
      for (const target of imports.filter((path) => path.startsWith("."))) {
        const path = relative(SRC, resolve(SRC, dirname(file), target));
        const other = /^gateways\/([^/]+)\//.exec(path)?.[1];
        if (other && other !== own) crossing.push(`${file} imports ${target}`);
      }
    }
    expect(crossing).toEqual([]);
  });

  it("confine sockets, processes and native libraries", () => {
    const stray = all.flatMap(({ file, imports }) =>
      CONFINED.flatMap(({ what, only }) =>
        imports
          .filter((path) => what.test(path) && !only.test(file))
          .map((path) => `${file} imports ${path}`),
      ),
    );
    expect(stray).toEqual([]);
  });

  it("load native libraries only by dynamic import", () => {
    const eager = all.filter(({ text }) =>
      /^import (?!type)[^;]*from "(sherpa-onnx-node|onnxruntime-node|koffi|vosk|naudiodon)"/m.test(text),
    );
    expect(eager.map(({ file }) => file)).toEqual([]);
  });

  it("read the environment and end the process only in entry points and the configuration", () => {
    const allowed = /^(main|worker-main|cli)\.ts$|^config\/load\.ts$/;
    const stray = all.filter(({ file, text }) => /process\.(env|exit)\b/.test(text) && !allowed.test(file));
    expect(stray.map(({ file }) => file)).toEqual([]);
  });

  it("keep files short enough to read without scrolling back", () => {
    const long = all.filter(({ text }) => text.split("\n").length > MAX_LINES);
    expect(long.map(({ file }) => file)).toEqual([]);
  });
});
