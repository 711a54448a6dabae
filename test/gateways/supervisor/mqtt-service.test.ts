import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SupervisorApi } from "../../../src/gateways/supervisor/api.js";
import { mqttService } from "../../../src/gateways/supervisor/mqtt-service.js";
import { FakeSupervisor } from "../../fixtures/fake-supervisor.js";

const BROKER = {
  addon: "core_mosquitto",
  host: "core-mosquitto",
  port: 1883,
  ssl: false,
  username: "addons",
  password: "secret",
  protocol: "3.1.1",
};

describe("mqttService", () => {
  let supervisor: FakeSupervisor;
  let api: SupervisorApi;
  beforeEach(async () => {
    supervisor = await FakeSupervisor.start();
    api = new SupervisorApi({ url: supervisor.url, token: supervisor.token });
  });
  afterEach(() => supervisor.stop());

  it("gives address and credentials", async () => {
    supervisor.broker = BROKER;
    expect(await mqttService(api)).toEqual({
      url: "mqtt://core-mosquitto:1883",
      username: "addons",
      password: "secret",
    });
  });

  it("takes a port sent as text, TLS, and a broker without users", async () => {
    supervisor.broker = { ...BROKER, port: "8883", ssl: true, username: "", password: "" };
    expect(await mqttService(api)).toEqual({ url: "mqtts://core-mosquitto:8883" });
  });

  it("says what to install while there is no broker, and finds one that comes later", async () => {
    await expect(mqttService(api)).rejects.toMatchObject({
      code: "broker-unreachable",
      message: expect.stringContaining("Mosquitto broker add-on"),
    });
    supervisor.broker = BROKER;
    expect((await mqttService(api)).url).toBe("mqtt://core-mosquitto:1883");
  });

  it("reads new credentials each time", async () => {
    supervisor.broker = BROKER;
    await mqttService(api);
    supervisor.broker = { ...BROKER, password: "new" };
    expect((await mqttService(api)).password).toBe("new");
  });

  it("tells a missing right from a missing broker", async () => {
    supervisor.refusals.set("/services/mqtt", 403);
    await expect(mqttService(api)).rejects.toThrow("does not let this add-on use its MQTT service");
  });

  it("says so when the token is missing or wrong", async () => {
    const stranger = new SupervisorApi({ url: supervisor.url, token: "" });
    await expect(mqttService(stranger)).rejects.toThrow("401: Unauthorized");
  });

  it("refuses a service that names no host", async () => {
    supervisor.broker = { ...BROKER, host: undefined as unknown as string };
    await expect(mqttService(api)).rejects.toThrow("names no host and port");
  });

  it("says so when no Supervisor answers", async () => {
    await supervisor.stop();
    await expect(mqttService(api)).rejects.toThrow("The Supervisor does not answer");
    supervisor = await FakeSupervisor.start();
  });
});
