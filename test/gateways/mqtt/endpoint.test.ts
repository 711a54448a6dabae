import { describe, expect, it } from "vitest";
import { nameOf, parseEndpoint } from "../../../src/gateways/mqtt/endpoint.js";

describe("parseEndpoint", () => {
  it("fills in what users leave out", () => {
    expect(parseEndpoint({ url: "core-mosquitto" })).toEqual({
      protocol: "mqtt",
      host: "core-mosquitto",
      port: 1883,
    });
    expect(parseEndpoint({ url: "broker.local:1884" })).toMatchObject({ host: "broker.local", port: 1884 });
    expect(parseEndpoint({ url: "mqtts://broker.local" })).toMatchObject({ protocol: "mqtts", port: 8883 });
    expect(parseEndpoint({ url: "ssl://broker.local" })).toMatchObject({ protocol: "mqtts" });
    expect(parseEndpoint({ url: "ws://broker.local/mqtt" })).toMatchObject({
      protocol: "ws",
      port: 80,
      path: "/mqtt",
    });
  });

  it("takes credentials from the address unless they are given apart", () => {
    const url = "mqtt://me:p%40ss@broker";
    expect(parseEndpoint({ url })).toMatchObject({ username: "me", password: "p@ss" });
    expect(parseEndpoint({ url, username: "you", password: "secret" })).toMatchObject({
      username: "you",
      password: "secret",
    });
  });

  it("understands IPv6 and names it with brackets", () => {
    const endpoint = parseEndpoint({ url: "mqtt://[::1]:1883" });
    expect(endpoint.host).toBe("::1");
    expect(nameOf(endpoint)).toBe("[::1]:1883");
  });

  it("refuses what is no broker address without repeating a password in it", () => {
    for (const url of ["", "http://me:hunter2@broker", "mqtt://", "mqtt://me:hunter2@"]) {
      const refuse = () => parseEndpoint({ url });
      expect(refuse).toThrowError(expect.objectContaining({ code: "config-invalid" }));
      expect(refuse).not.toThrowError(/hunter2/);
    }
  });
});
