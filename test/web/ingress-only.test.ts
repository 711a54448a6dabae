import { fileURLToPath } from "node:url";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { addWebRoutes } from "../../src/gateways/http/web-routes.js";
import { askFrom } from "../fixtures/ask-from.js";
import { FakeSupervisor } from "../fixtures/fake-supervisor.js";
import { Program } from "../fixtures/program.js";

const WEB = fileURLToPath(new URL("../../addon/web/", import.meta.url));

describe("the HTTP port inside an add-on", () => {
  it("answers ingress and this machine, and nobody else", async () => {
    const supervisor = await FakeSupervisor.start();
    const program = await Program.serve({
      env: {
        SUPERVISOR_TOKEN: supervisor.token,
        IRENE_SUPERVISOR_URL: supervisor.url,
        IRENE_MODELS__OFFLINE: "true",
      },
    });
    try {
      const port = await program.port("http");
      for (const path of ["/", "/api/status", "/metrics", "/api/events"]) {
        expect((await askFrom("127.0.0.2", port, path)).status).toBe(403);
      }
      expect((await askFrom("127.0.0.1", port, "/api/status")).status).toBe(200);
    } finally {
      await program.dispose();
      await supervisor.stop();
    }
  });
});

describe("the page's addresses", () => {
  const app = new Hono();
  addWebRoutes(app, WEB);
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    app.request(path, { headers });

  it("serve every file the page names, and nothing beside", async () => {
    const html = await (await get("/")).text();
    const named = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path]) => path ?? "");
    expect(named.length).toBeGreaterThan(2);
    for (const path of named) {
      expect(path).not.toMatch(/^(\/|https?:)/);
      expect((await get(`/${path}`)).status).toBe(200);
    }
    for (const path of ["/../config.yaml", "/%2e%2e/package.json", "/index.ts"]) {
      expect((await get(path)).status).toBe(404);
    }
  });

  it("allow nothing from elsewhere", async () => {
    const policy = (await get("/")).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|unsafe/);
  });

  it("begin where the proxy says, unless it says something that is no path", async () => {
    const base = async (path: string) =>
      /<base href="([^"]*)">/.exec(await (await get("/", { "x-ingress-path": path })).text())?.[1];
    expect(await base("/api/hassio_ingress/abc")).toBe("/api/hassio_ingress/abc/");
    for (const bad of ['/"><script>', "//evil.example", "https://evil.example", "/a b"]) {
      expect(await base(bad)).toBeUndefined();
    }
  });
});
