import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { addWebRoutes, allowOnly } from "../../src/gateways/http/web-routes.js";
import { FakeSupervisor } from "../fixtures/fake-supervisor.js";
import { Program } from "../fixtures/program.js";

const WEB = fileURLToPath(new URL("../../addon/web/", import.meta.url));

/** Asks from an address of this machine's own network. */
function ask(
  port: number,
  path: string,
  from: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string; headers: Readonly<Record<string, unknown>> }> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, localAddress: from, headers, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
    })
      .on("error", reject)
      .end();
  });
}

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
        expect((await ask(port, path, "127.0.0.2")).status).toBe(403);
      }
      expect((await ask(port, "/api/status", "127.0.0.1")).status).toBe(200);
    } finally {
      await program.dispose();
      await supervisor.stop();
    }
  });

  it("lets the address of ingress in", async () => {
    const app = new Hono();
    allowOnly(app, ["127.0.0.2"]);
    app.get("/", (context) => context.text("hello"));
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
    await new Promise<void>((resolve) => server.once("listening", () => resolve()));
    const { port } = server.address() as AddressInfo;
    expect((await ask(port, "/", "127.0.0.2")).text).toBe("hello");
    expect((await ask(port, "/", "127.0.0.3")).status).toBe(403);
    await new Promise((resolve) => server.close(resolve));
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
