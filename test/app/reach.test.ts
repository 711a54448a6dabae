import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { askHost } from "../../src/app/ask-host.js";
import { originsOf, Reach } from "../../src/app/reach.js";
import type { ModelSource } from "../../src/catalog/manifest.js";
import { manifest } from "../fixtures/manifests.js";

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}
/** A port on which nobody listens: one that has just been given back. */
async function deadOrigin(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}`;
}
const http = (origin: string): ModelSource => ({ kind: "http", urls: { model: `${origin}/a/model.onnx` } });
const model = (...sources: ModelSource[]) => manifest({ id: "whisper/tiny", sources });
const same = (url: string) => url;

describe("asking a host", () => {
  it("takes any answer for a sign of life, and reads its clock", async () => {
    const origin = await listen((_, response) => {
      response.writeHead(403, { date: "Sun, 22 Nov 2026 20:00:00 GMT" }).end();
    });
    expect(await askHost(origin)).toEqual({ origin, ok: true, dateMs: Date.UTC(2026, 10, 22, 20) });
  });

  it("says why there is none", async () => {
    const origin = await deadOrigin();
    expect(await askHost(origin)).toEqual({ origin, ok: false, why: "it refuses connections" });
    const rude = await listen((request) => request.socket.destroy());
    expect(await askHost(rude)).toMatchObject({ ok: false });
  });
});

describe("the hosts of models", () => {
  it("are named once each, by the address really asked for", () => {
    const parts: ModelSource = {
      kind: "parts",
      parts: [
        http("https://a.example"),
        { kind: "archive", url: "https://b.example/x.zip", stripComponents: 0 },
      ],
    };
    const npm: ModelSource = { kind: "npm", members: [] };
    const models = [model(http("https://a.example"), npm), model(parts)];
    expect(originsOf(models, same)).toEqual(["https://a.example", "https://b.example"]);
    expect(originsOf(models, (url) => url.replace("a.example", "mirror.example"))).toEqual([
      "https://mirror.example",
      "https://b.example",
    ]);
  });
});

describe("reach", () => {
  it("is there for a model with one source that answers, and for one that needs none", async () => {
    const [alive, dead] = [await listen((_, response) => response.end()), await deadOrigin()];
    const reach = new Reach(same);
    const both = model(http(dead), http(alive));
    const lost = model(http(dead));
    const half = model({ kind: "parts", parts: [http(dead), http(alive)] });
    expect([both, lost, half].every((each) => reach.has(each))).toBe(true);
    expect(await reach.look([both, lost, half])).toBe(true);
    expect([both, lost, half, model()].map((each) => reach.has(each))).toEqual([true, false, false, true]);
    expect(await reach.look([both])).toBe(false);
  });
});
