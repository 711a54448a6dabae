import { describe, expect, it, onTestFinished } from "vitest";
import { writeWav } from "../../../../src/audio/wav.js";
import { openApiDocument } from "../../../../src/gateways/http/openapi/document.js";
import type { Operation } from "../../../../src/gateways/http/openapi/operations.js";
import { httpHouse } from "../../../fixtures/http-house.js";
import { Program } from "../../../fixtures/program.js";
import { schemaProblems } from "../../../fixtures/schema-check.js";
import { aModel, aSnapshot } from "../../../fixtures/snapshot.js";

const document = openApiDocument("1.2.3");
const { schemas } = document.components;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
const jsonOf = ({ responses }: Operation) => responses["200"]?.content?.["application/json"]?.schema;

describe("the OpenAPI document", () => {
  it("names every route that is served, and no other", async () => {
    const { server } = await httpHouse();
    const served = server.routes.map((route) => route.replace(/:(\w+)/g, "{$1}"));
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...served].sort());
  });

  it("is served as it is", async () => {
    const { url } = await httpHouse();
    expect(await (await fetch(`${url}/api/openapi.json`)).json()).toEqual(
      JSON.parse(JSON.stringify(document)),
    );
  });

  it("names the parameters of each address, and nothing that it does not have", () => {
    for (const { path, operation } of operations) {
      const inPath = (operation.parameters ?? [])
        .filter((each) => each.in === "path")
        .map(({ name }) => name);
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
    const named = new Set(
      [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name),
    );
    expect([...named].filter((name) => !(String(name) in schemas))).toEqual([]);
    // All that is described is used, the snapshot's own parts included.
    expect(Object.keys(schemas).filter((name) => !named.has(name))).toEqual([]);
  });

  it.each(operations.filter(({ operation }) => jsonOf(operation)))(
    "describes what $method $path answers",
    async ({ method, path, operation }) => {
      const { url, snapshots } = await httpHouse();
      const trace = { id: "r1", gateway: "http", startedAtMs: 1, stages: [{ name: "text", atMs: 2 }] };
      snapshots.change({
        ...aSnapshot(),
        models: [
          aModel("whisper/tiny", {
            asset: {
              name: "downloading",
              bytesDone: 1,
              bytesTotal: undefined,
              bytesPerSecond: 2,
              etaSeconds: undefined,
            },
          }),
          aModel("whisper/base", {
            asset: { name: "corrupt", reason: "cut short" },
            error: "It is damaged.",
          }),
        ],
        addon: { atMs: 1, cpuPercent: 3.5, memoryBytes: 4, memoryLimitBytes: 5 },
        requests: {
          total: 1,
          failed: 0,
          active: 0,
          recent: [{ ...trace, kind: "transcribe", outcome: "done" }],
        },
      });
      const asked = path.replace("{provider}", "whisper").replace("{model}", "tiny");
      const queries = { "/api/models/find": "?name=tiny", "/api/home/test": "?sentence=turn+on" };
      const query = (queries as Readonly<Record<string, string>>)[path] ?? "";
      const body = path.endsWith("/transcribe")
        ? new Uint8Array(writeWav({ rateHz: 16_000, channels: 1, widthBytes: 2 }, new Uint8Array(3_200)))
        : path.endsWith("/use")
          ? JSON.stringify({ capability: "stt", model: "whisper/tiny" })
          : null;
      const headers = typeof body === "string" ? { "content-type": "application/json" } : {};
      const response = await fetch(`${url}${asked}${query}`, { method, body, headers });
      expect(response.status).toBe(200);
      expect(schemaProblems(await response.json(), jsonOf(operation) ?? {}, schemas)).toEqual([]);
    },
  );

  it("describes what goes wrong", async () => {
    const { url } = await httpHouse();
    const problem = await (await fetch(`${url}/api/models/find?name=nobody`)).json();
    expect(schemaProblems(problem, schemas["Problem"] ?? {}, schemas)).toEqual([]);
  });

  it("describes the whole program as it runs", async () => {
    const program = await Program.serve({ env: { IRENE_MODELS__OFFLINE: "true" } });
    onTestFinished(() => program.dispose());
    await program.line(/ready/i);
    const url = `http://127.0.0.1:${await program.port("http")}`;
    for (const path of ["/healthz", "/api/status", "/api/plan", "/api/history", "/api/garbage"]) {
      const schema = jsonOf(document.paths[path]?.["get"] as Operation) ?? {};
      const answer = await (await fetch(`${url}${path}`)).json();
      expect({ path, problems: schemaProblems(answer, schema, schemas) }).toEqual({ path, problems: [] });
    }
  });
});

describe("the check of answers in these tests", () => {
  it("sees what is missing, unknown and of another kind", () => {
    const health = schemas["Health"] ?? {};
    const whole = { status: "ok", phase: "ready", installId: "a", version: "1" };
    expect(schemaProblems(whole, health, schemas)).toEqual([]);
    expect(schemaProblems({ ...whole, extra: 1 }, health, schemas)).toEqual(["it.extra: is not described"]);
    expect(schemaProblems({ ...whole, version: 1 }, health, schemas)).toEqual(["it.version: is no string"]);
    const { installId: _, ...rest } = whole;
    expect(schemaProblems(rest, health, schemas)).toEqual(["it.installId: is missing"]);
    expect(schemaProblems({ ...whole, phase: "tired" }, health, schemas)).toHaveLength(1);
  });
});
