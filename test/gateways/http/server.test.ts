import { once } from "node:events";
import { createServer, request } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { AssetError, BudgetError, EngineError } from "../../../src/base/errors.js";
import { HttpServer } from "../../../src/gateways/http/server.js";
import { httpHouse, problemOf } from "../../fixtures/http-house.js";
import { PATIENCE } from "../../fixtures/patience.js";

describe("an HTTP server", () => {
  it("tells that it lives, and whose it is", async () => {
    const { url } = await httpHouse();
    const response = await fetch(`${url}/healthz`);
    expect(await response.json()).toEqual({
      status: "ok",
      phase: "ready",
      installId: "a1b2c3d4",
      version: "1.2.3",
    });
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("gives the snapshot as it is", async () => {
    const { url, snapshots } = await httpHouse();
    expect(await (await fetch(`${url}/api/status`)).json()).toEqual(
      JSON.parse(JSON.stringify(snapshots.current())),
    );
  });

  it.each(["/", "/api/nothing", "/api/models/whisper/tiny/dance", "/api/transcribe"])(
    "says in JSON that there is nothing for GET %s",
    async (path) => {
      const { url } = await httpHouse();
      const problem = await problemOf(await fetch(`${url}${path}`));
      expect(problem).toMatchObject({ status: 404, code: "not-found" });
      expect(problem.message).toContain(`GET ${path}`);
    },
  );

  it("says so when its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const { voice, controls, snapshots, lives, log } = await httpHouse();
    const server = new HttpServer({
      voice,
      controls,
      snapshots,
      lives: { lives: () => lives },
      version: "1.2.3",
      log,
      options: { host: "127.0.0.1", port },
    });
    await expect(server.start()).rejects.toMatchObject({
      code: "port-taken",
      message: expect.stringMatching(/another/),
    });
  });
});

describe("a request that changes something", () => {
  const from = async (headers: Record<string, string>) => {
    const { post, controls } = await httpHouse();
    const { status } = await post("/api/models/whisper/tiny/unload", { headers });
    return { status, done: controls.done };
  };

  it.each([
    ["a program", {}],
    ["our own page", { "sec-fetch-site": "same-origin" }],
    ["an address the user typed", { "sec-fetch-site": "none" }],
    [
      "our page in Home Assistant, by an old browser",
      { origin: "http://ha.local:8123", "x-ingress-path": "/x" },
    ],
  ])("is done for %s", async (_, headers) => {
    expect(await from(headers)).toEqual({ status: 200, done: ["unload whisper/tiny"] });
  });

  it.each([
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["another port of this machine", { "sec-fetch-site": "same-site" }],
    ["another site, by an old browser", { origin: "https://evil.example" }],
    ["a page without an origin", { origin: "null" }],
  ])("is refused to %s", async (_, headers) => {
    expect(await from(headers)).toEqual({ status: 403, done: [] });
  });

  it("is done for a page of the same address, by an old browser", async () => {
    const { post, url } = await httpHouse();
    expect((await post("/api/models/tiny/check", { headers: { origin: url } })).status).toBe(200);
  });
});

describe("an answer to what went wrong", () => {
  it.each([
    [new AssetError("disk-full", "No room."), 507, "disk-full"],
    [new AssetError("download-failed", "No network."), 502, "download-failed"],
    [new AssetError("offline", "No downloads."), 503, "offline"],
    [new BudgetError("over-budget", "No memory."), 503, "over-budget"],
    [new EngineError("engine-unavailable", "No PyTorch."), 501, "engine-unavailable"],
    [new EngineError("engine-load-failed", "No luck."), 500, "engine-load-failed"],
  ])("has the sentence, the code and a status that fits: %s", async (error, status, code) => {
    const { post, controls, log } = await httpHouse();
    controls.fail = error;
    const problem = await problemOf(await post("/api/models/whisper/tiny/pull"));
    expect(problem).toEqual({ status, code, message: error.message });
    expect(log.lines).toEqual([]);
  });

  it("keeps what nobody foresaw for the log, with its stack there alone", async () => {
    const { post, controls, log } = await httpHouse();
    controls.fail = new TypeError("x is not a function");
    const response = await post("/api/models/whisper/tiny/warm-up");
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ error: { code: "internal" } });
    expect(text).not.toMatch(/x is not a function|\.ts|\.js/);
    expect(log.lines).toMatchObject([
      { level: "error", fields: { stack: expect.stringContaining("TypeError") } },
    ]);
  });
});

describe("the addresses of models", () => {
  it.each(["pull", "remove", "check", "warm-up", "unload", "retry", "pin", "unpin"])(
    "do %s",
    async (action) => {
      const { post, controls } = await httpHouse();
      const answer = await (await post(`/api/models/whisper/tiny/${action}`)).json();
      expect(answer).toMatchObject({ model: "whisper/tiny", action });
      expect(controls.done).toEqual([`${action} whisper/tiny`]);
    },
  );

  it("take any name people use for a model", async () => {
    const { post, controls } = await httpHouse();
    expect(await (await post("/api/models/espeak/check")).json()).toEqual({
      model: "espeak/espeak-ng",
      action: "check",
      result: "whole",
    });
    expect(controls.done).toEqual(["check espeak/espeak-ng"]);
  });

  it("tell what is wrong with a model", async () => {
    const { post, controls } = await httpHouse();
    controls.wrong = "It is damaged.";
    expect(await (await post("/api/models/tiny/check")).json()).toMatchObject({ result: "It is damaged." });
  });

  it.each(["/api/models/nope/tiny/pull", "/api/models/..%2F..%2Fetc/passwd/remove", "/api/models/%00/check"])(
    "do not know %s",
    async (path) => {
      const { post, controls } = await httpHouse();
      expect(await problemOf(await post(path))).toMatchObject({ status: 404, code: "config-unknown-model" });
      expect(controls.done).toEqual([]);
    },
  );

  it("tell what a name means", async () => {
    const { url } = await httpHouse();
    const find = (query: string) => fetch(`${url}/api/models/find?${query}`);
    expect(await (await find("name=tiny")).json()).toEqual({ id: "whisper/tiny" });
    expect(await problemOf(await find("name=tiny&capability=tts"))).toMatchObject({ status: 404 });
    expect(await problemOf(await find("name=tiny&capability=song"))).toMatchObject({ status: 400 });
    expect(await problemOf(await find(""))).toMatchObject({ status: 400, code: "bad-request" });
  });

  it("let another model answer", async () => {
    const { post, controls } = await httpHouse();
    const use = (choice: unknown, type = "application/json") =>
      post("/api/models/use", { headers: { "content-type": type }, body: JSON.stringify(choice) });
    expect(await (await use({ capability: "stt", model: "whisper/tiny", language: "de" })).json()).toEqual({
      capability: "stt",
      language: "de",
      model: "whisper/tiny",
      former: "moonshine/base-en",
    });
    await use({ capability: "tts", model: "auto" });
    expect(controls.done).toEqual(["use whisper/tiny for stt in de", "use what is configured for tts in en"]);
    for (const wrong of [{}, { capability: "stt" }, { capability: "song", model: "x" }, { model: 1 }, [], 7])
      expect(await problemOf(await use(wrong))).toMatchObject({ status: 400, code: "bad-request" });
    expect(await problemOf(await use({}, "text/plain"))).toMatchObject({ code: "wrong-content-type" });
    expect(controls.done).toHaveLength(2);
  });

  it("stop a download when the one who asked for it hangs up", async () => {
    const { port, controls, log } = await httpHouse();
    controls.gate = new Promise(() => undefined);
    const asking = request({ port, method: "POST", path: "/api/models/whisper/tiny/pull" }).end();
    asking.on("error", () => undefined);
    await expect.poll(() => controls.done, PATIENCE).toEqual(["pull whisper/tiny"]);
    asking.destroy();
    await expect.poll(() => controls.done, PATIENCE).toEqual(["pull whisper/tiny", "stopped whisper/tiny"]);
    expect(log.lines).toEqual([]);
  });

  it("list and remove what nobody needs", async () => {
    const { url, post, controls } = await httpHouse();
    expect(await (await fetch(`${url}/api/garbage`)).json()).toEqual({ garbage: controls.garbage });
    await post("/api/garbage/remove");
    expect(controls.done).toEqual(["list garbage", "remove garbage"]);
  });
});
