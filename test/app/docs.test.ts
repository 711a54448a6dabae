import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { DOCS, ownCatalog, withTables } from "../../script/docs.js";
import { COMMAND_ERROR_CODES } from "../../src/app/commands/command-error.js";
import { CommandLine } from "../../src/app/commands/command-line.js";
import { buildProgram } from "../../src/app/commands/program.js";
import { buildConfig } from "../../src/config/check.js";
import { fromOptionsPage } from "../../src/config/options-page.js";
import { describeDevice } from "../../src/gateways/discovery/entities.js";
import { DISCOVERY_DEFAULTS } from "../../src/gateways/discovery/options.js";
import { REQUEST_ERRORS } from "../../src/gateways/http/request-error.js";
import { aSnapshot } from "../fixtures/snapshot.js";

const page = readFileSync(DOCS, "utf8");
const source = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../src/${path}`, import.meta.url)), "utf8");

describe("DOCS.md", () => {
  it("has the options of the schema and the licences of the catalog (else: npm run docs)", async () => {
    expect(page).toBe(withTables(page, await ownCatalog()));
  });

  it("explains every error code", () => {
    const unions = [...source("base/errors.ts").matchAll(/ErrorCode =([^;]+);/g)].map(([, union]) => union);
    const codes = unions.flatMap((union) =>
      [...(union ?? "").matchAll(/"([a-z-]+)"/g)].map(([, code]) => code),
    );
    expect(codes.length).toBeGreaterThan(25);
    const all = [...codes, ...Object.keys(REQUEST_ERRORS), ...COMMAND_ERROR_CODES, "server-gone", "internal"];
    expect(all.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  it("offers set-ups that the program accepts, on the options page and as a file", () => {
    const blocks = [...page.matchAll(/```yaml\n([^`]+)```/g)].map(([, text]) => text ?? "");
    const setUps = blocks.filter((text) => !/^\s*# (configuration|home)\.yaml/.test(text));
    expect(setUps.length).toBeGreaterThanOrEqual(4);
    for (const text of setUps) {
      const { tree } = fromOptionsPage(parse(text) as object);
      expect(() => buildConfig([tree]), text).not.toThrow();
    }
    for (const text of blocks) expect(parse(text)).toBeTypeOf("object");
  });

  it("names every command", () => {
    const names = (command: Command): readonly string[] =>
      command.commands.length > 0
        ? command.commands.flatMap((below) => names(below))
        : [
            `${command.parent?.name() === "irene" ? "irene" : `irene ${command.parent?.name()}`} ${command.name()}`,
          ];
    const all = names(buildProgram(new CommandLine({}), {}));
    expect(all).toContain("irene models warm-up");
    const isNamed = (name: string) => page.includes(name) || page.includes(`\`${name.split(" ").at(-1)}\``);
    expect(all.filter((name) => !isNamed(name))).toEqual([]);
  });

  it("names every sensor and control of the device", () => {
    const options = { ...DISCOVERY_DEFAULTS, textEvents: true };
    const { components } = describeDevice(aSnapshot({ models: [] }), options);
    const titles = Object.values(components).flatMap((each) =>
      "name" in each ? [String(each["name"])] : [],
    );
    expect(titles.length).toBeGreaterThan(20);
    // What there is for each language, provider or site is named by its beginning.
    const short = titles.map((title) =>
      title.replace(/^(Preload|Say on|Volume of) .*/, "$1").replace(/ for [a-z]{2}$/, " for"),
    );
    expect(short.filter((title) => !page.includes(title))).toEqual([]);
  });

  it("names every address of the HTTP interface", () => {
    const routes = readdirSync(fileURLToPath(new URL("../../src/gateways/http", import.meta.url)))
      .filter((file) => file.endsWith("-routes.ts") || file === "server.ts")
      .flatMap((file) => [
        ...source(`gateways/http/${file}`).matchAll(/app\.(?:get|post)\(\s*"(\/[a-z/]+)"/g),
      ])
      .map(([, path]) => path ?? "")
      .filter((path) => path.startsWith("/api/") || ["/healthz", "/metrics"].includes(path));
    expect(routes.length).toBeGreaterThan(7);
    expect(routes.filter((path) => !page.includes(path))).toEqual([]);
  });
});
