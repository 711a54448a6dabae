import { describe, expect, it } from "vitest";
import type { Access } from "../../../src/gateways/http/access.js";
import { askFrom } from "../../fixtures/ask-from.js";
import { httpHouse } from "../../fixtures/http-house.js";

const TOKEN = "correct-horse-battery";
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString("base64")}` });

async function house(access: Access) {
  const { port, log, controls } = await httpHouse({}, access);
  const ask = async (from: string, headers: Readonly<Record<string, string>> = {}, path = "/api/status") =>
    askFrom(from, port, path, { headers });
  return { ask, log, port, controls };
}

describe("a port without tokens and trusted addresses", () => {
  it("answers everyone", async () => {
    const { ask } = await house({});
    expect((await ask("127.0.0.2")).status).toBe(200);
  });
});

describe("a port with tokens", () => {
  it.each([
    ["the token", bearer(TOKEN)],
    ["another of the tokens", bearer("key-of-this-run")],
    ["the scheme in small letters", { authorization: `bearer ${TOKEN}` }],
    ["the token as the password of any name", basic(`somebody:${TOKEN}`)],
    ["the token as a password with no name", basic(`:${TOKEN}`)],
  ])("answers to %s", async (_, headers) => {
    const { ask } = await house({ tokens: [TOKEN, "key-of-this-run"] });
    expect((await ask("127.0.0.2", headers)).status).toBe(200);
  });

  it.each([
    ["nothing", {}],
    ["a wrong token", bearer("correct-horse-batterz")],
    ["the beginning of the token", bearer(TOKEN.slice(0, -1))],
    ["more than the token", bearer(`${TOKEN}x`)],
    ["an empty token", { authorization: "Bearer " }],
    ["the token without a scheme", { authorization: TOKEN }],
    ["another scheme", { authorization: `Digest ${TOKEN}` }],
    ["the token as a name", basic(`${TOKEN}:`)],
    ["a pair without a colon", basic(TOKEN)],
    ["a claim to come from ingress", { "x-ingress-path": "/x", "x-forwarded-for": "172.30.32.2" }],
  ])("refuses %s, to its own machine too", async (_, headers) => {
    const { ask } = await house({ tokens: [TOKEN] });
    for (const from of ["127.0.0.1", "127.0.0.2"]) {
      const { status, text, headers: answered } = await ask(from, headers);
      expect(status).toBe(401);
      expect(JSON.parse(text)).toMatchObject({ error: { code: "unauthorized" } });
      expect(answered["www-authenticate"]).toMatch(/^Basic realm=/);
    }
  });

  it("refuses everything but whether the program lives", async () => {
    const { ask, port, controls } = await house({ tokens: [TOKEN] });
    for (const path of ["/", "/metrics", "/api/events", "/api/openapi.json", "/nothing"]) {
      expect((await ask("127.0.0.1", {}, path)).status).toBe(401);
    }
    const { status } = await askFrom("127.0.0.1", port, "/api/models/whisper/tiny/remove", {
      method: "POST",
    });
    expect(status).toBe(401);
    expect(controls.done).toEqual([]);
    expect((await ask("127.0.0.1", {}, "/healthz")).status).toBe(200);
  });

  it("logs a stranger once, and never the token", async () => {
    const { ask, log } = await house({ tokens: [TOKEN] });
    await ask("127.0.0.2", bearer("wrong-wrong-wrong"));
    await ask("127.0.0.2");
    await ask("127.0.0.3");
    expect(log.lines.map(({ message }) => message)).toEqual([
      "A request of 127.0.0.2 is refused: wrong token",
      "A request of 127.0.0.3 is refused: no token",
    ]);
  });
});

describe("a port inside an add-on", () => {
  const trusted = ["127.0.0.2"];

  it("answers ingress and its own machine, and nobody else", async () => {
    const { ask } = await house({ trusted });
    expect((await ask("127.0.0.2")).status).toBe(200);
    expect((await ask("127.0.0.1")).status).toBe(200);
    expect((await ask("127.0.0.3")).status).toBe(403);
    expect((await ask("127.0.0.3", {}, "/healthz")).status).toBe(403);
    expect((await ask("127.0.0.3", bearer(""))).status).toBe(403);
  });

  it("answers ingress without the token that all others need", async () => {
    const { ask } = await house({ trusted, tokens: [TOKEN] });
    expect((await ask("127.0.0.2")).status).toBe(200);
    expect((await ask("127.0.0.1")).status).toBe(401);
    expect((await ask("127.0.0.3")).status).toBe(401);
    expect((await ask("127.0.0.3", bearer(TOKEN))).status).toBe(200);
    expect((await ask("127.0.0.3", {}, "/healthz")).status).toBe(401);
  });
});
