import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SupervisorApi } from "../../../src/gateways/supervisor/api.js";
import { renameStoredOptions } from "../../../src/gateways/supervisor/stored-options.js";
import { FakeSupervisor } from "../../fixtures/fake-supervisor.js";

describe("renameStoredOptions", () => {
  let supervisor: FakeSupervisor;
  let api: SupervisorApi;
  beforeEach(async () => {
    supervisor = await FakeSupervisor.start();
    api = new SupervisorApi({ url: supervisor.url, token: supervisor.token });
  });
  afterEach(() => supervisor.stop());

  it("stores former names under present ones and keeps the rest", async () => {
    supervisor.options = { language: "ru", log: { level: "debug" }, mqtt: { url: "mqtt://a:1" } };
    expect(await renameStoredOptions(api)).toEqual([
      "mqtt.url is now mqtt_url",
      "log.level is now log_level",
    ]);
    expect(supervisor.options).toEqual({ language: "ru", log_level: "debug", mqtt_url: "mqtt://a:1" });
    expect(await renameStoredOptions(api)).toEqual([]);
  });

  it("writes nothing when no name is old", async () => {
    supervisor.options = { language: "ru" };
    await renameStoredOptions(api);
    expect(supervisor.calls.map(({ method }) => method)).toEqual(["GET"]);
  });
});
