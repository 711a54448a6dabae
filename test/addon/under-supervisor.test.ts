import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pageDefaults } from "../../src/config/options-page.js";
import { FakeSupervisor } from "../fixtures/fake-supervisor.js";
import { HAS_MOSQUITTO, MOSQUITTO_NEEDED, Mosquitto } from "../fixtures/mosquitto.js";
import { MqttObserver } from "../fixtures/mqtt-observer.js";
import { Program } from "../fixtures/program.js";

describe("the program inside an add-on", () => {
  let supervisor: FakeSupervisor;
  let dir: string;
  let program: Program | undefined;
  const start = (options: object, env: Readonly<Record<string, string>> = {}) => {
    writeFileSync(join(dir, "options.json"), JSON.stringify(options));
    return Program.serve({
      env: {
        SUPERVISOR_TOKEN: supervisor.token,
        IRENE_SUPERVISOR_URL: supervisor.url,
        IRENE_OPTIONS_FILE: join(dir, "options.json"),
        IRENE_MODELS__OFFLINE: "true",
        ...env,
      },
    });
  };
  beforeEach(async () => {
    supervisor = await FakeSupervisor.start();
    dir = mkdtempSync(join(tmpdir(), "irene-addon-"));
  });
  afterEach(async () => {
    await program?.dispose();
    program = undefined;
    await supervisor.stop();
    rmSync(dir, { recursive: true });
  });

  it("announces its Wyoming port, models or not, and ends with 0 on SIGTERM", async () => {
    program = await start(pageDefaults());
    const { body } = await supervisor.call("/discovery");
    const uri = `tcp://${hostname()}:${await program.port("wyoming")}`;
    expect(body).toEqual({ service: "wyoming", config: { uri } });
    expect(await program.stop("SIGTERM")).toBe(0);
  });

  it("shows what the Supervisor measures of the whole add-on", async () => {
    program = await start(pageDefaults());
    await supervisor.call("/addons/self/stats");
    const running = program;
    await expect
      .poll(async () => (await running.status()).addon, { timeout: 20_000 })
      .toMatchObject({ cpuPercent: 12.5, memoryBytes: 612_000_000, memoryLimitBytes: 3_976_000_000 });
    const url = `http://127.0.0.1:${await program.port("http")}/metrics`;
    expect(await (await fetch(url)).text()).toContain("irene_addon_memory_bytes 612000000");
  });

  it("ends with 78 and the list of mistakes when options are invalid", async () => {
    program = await start({ ...pageDefaults(), language: "klingon!", keep_alive: "long" });
    await expect(program.port("wyoming")).rejects.toThrow(
      /2 problems[\s\S]*language: must be a language code/,
    );
    expect(await program.stop()).toBe(78);
    expect(supervisor.calls).toEqual([]);
  });

  it("goes on without what the Supervisor refuses", async () => {
    supervisor.refusals.set("/services/mqtt", 403);
    supervisor.refusals.set("/discovery", 403);
    program = await start(pageDefaults());
    await program.line(/by hand/);
    await program.line(/does not let this add-on use its MQTT service/);
    expect((await program.status()).listeners.map(({ name }) => name)).toContain("wyoming");
  });

  it("goes on with a token the Supervisor does not know", async () => {
    program = await start(pageDefaults(), { SUPERVISOR_TOKEN: "other" });
    await program.line(/by hand/);
    expect(await program.port("http")).toBeGreaterThan(0);
  });

  it.skipIf(!HAS_MOSQUITTO)(`connects to a broker that is installed later${MOSQUITTO_NEEDED}`, async () => {
    program = await start(pageDefaults());
    await program.line(/Mosquitto broker add-on/);
    const broker = await Mosquitto.start({ users: { addons: "secret" } });
    const observer = await MqttObserver.connect(broker.url, ["#"], {
      username: "addons",
      password: "secret",
    });
    try {
      const { hostname: host, port } = new URL(broker.url);
      supervisor.broker = {
        addon: "core_mosquitto",
        host,
        port: Number(port),
        ssl: false,
        username: "addons",
        password: "secret",
        protocol: "3.1.1",
      };
      await observer.see("online", ({ topic, text }) => topic === "irene_edge/status" && text === "online");
    } finally {
      await observer.close();
      await broker.stop();
    }
  });
});
