import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RemoteHouse } from "../../src/app/remote-house.js";
import { PHASES, type Snapshot } from "../../src/sessions/snapshot.js";
import { wordErrors } from "../../src/text/word-error.js";
import { HAS_MOSQUITTO, MOSQUITTO_NEEDED, Mosquitto } from "../fixtures/mosquitto.js";
import { MqttObserver } from "../fixtures/mqtt-observer.js";
import { Program, runCommand } from "../fixtures/program.js";
import { hasShared, SHARED } from "../fixtures/shared-speech.js";
import { describeServer, synthesizeText, transcribeWav } from "../fixtures/wyoming-tasks.js";

const NEEDS = `${MOSQUITTO_NEEDED}${hasShared ? "" : " [skipped: the shared recordings are absent]"}`;
const speech = (file: string): Buffer => readFileSync(join(SHARED, "speech", file));
const JFK = "ask not what your country can do for you";
const plain = (text: string): string => text.toLowerCase().replace(/[^a-z ]/g, "");

describe.skipIf(!HAS_MOSQUITTO || !hasShared)(`a first run on an empty data folder${NEEDS}`, () => {
  let broker: Mosquitto;
  let observer: MqttObserver;
  let program: Program;

  beforeAll(async () => {
    broker = await Mosquitto.start();
    observer = await MqttObserver.connect(broker.url);
    program = await Program.serve({ flags: ["--mqtt-url", broker.url] });
  });
  afterAll(async () => {
    await program.dispose();
    await observer.close();
    await broker.stop();
  });

  it("describes what it will have before any model is on disk", async () => {
    const info = await describeServer(await program.port("wyoming"));
    const [asr] = info["asr"] as [{ installed: boolean; models: { name: string; installed: boolean }[] }];
    expect(asr.installed).toBe(true);
    expect(asr.models.map(({ name }) => name)).toContain("base-en");
    const status = await program.status();
    expect(status.models.find(({ id }) => id === "moonshine/base-en")?.state).not.toBe("ready");
  });

  it("lets an early request wait for download, load and warm-up, and answers it", async () => {
    const { text } = await transcribeWav(await program.port("wyoming"), speech("en/jfk.wav"));
    expect(plain(text)).toContain(JFK);
  });

  it("moves its sensors from downloading to ready, in that order", async () => {
    await observer.see(
      "ready",
      ({ topic, text }) => topic === "irene_edge/state" && text.includes('"ready":"ON"'),
    );
    const phases = observer.seen
      .filter(({ topic }) => topic === "irene_edge/state")
      .map(({ text }) => (JSON.parse(text) as { phase: string }).phase);
    const order = phases.map((phase) => PHASES.indexOf(phase as (typeof PHASES)[number]));
    expect(phases).toContain("downloading");
    expect(phases.at(-1)).toBe("ready");
    expect(Math.min(...order)).toBe(order[0]);
    const bundle = observer.seen.find(({ topic }) => /^homeassistant\/device\/.*\/config$/.test(topic));
    const { components } = JSON.parse(bundle?.text ?? "{}") as {
      components: Record<string, { device_class?: string }>;
    };
    expect(Object.values(components).some(({ device_class }) => device_class === "enum")).toBe(true);
    expect(observer.last("irene_edge/status")).toBe("online");
  });

  it("says which models were chosen and why, and what listens where", () => {
    const log = program.log.join("\n");
    expect(log).toMatch(/Speech to text: .*\(moonshine\/base-en\) - .+/);
    expect(log).toMatch(/Wyoming listens on .+:\d+/);
    expect(log).toMatch(/HTTP listens on .+:\d+/);
    expect(log).toContain("Warm-up done");
  });

  it("hears a 44.1 kHz stereo recording", async () => {
    const { text } = await transcribeWav(
      await program.port("wyoming"),
      speech("en/turn-on-the-living-room-lamp.wav"),
    );
    expect(wordErrors("turn on the living room lamp", text, "en").rate).toBeLessThanOrEqual(1 / 3);
  });

  it("speaks", async () => {
    const { format, pcm, events } = await synthesizeText(await program.port("wyoming"), "The light is on.");
    expect(format).toEqual({ rate: 22_050, width: 2, channels: 1 });
    expect(pcm.length).toBeGreaterThan(22_050);
    expect(events.filter(({ type }) => type === "audio-start")).toHaveLength(1);
    expect(events.filter(({ type }) => type === "audio-stop")).toHaveLength(1);
  });

  it("answers a request whose worker is killed under it, and the next one", async () => {
    const port = await program.port("wyoming");
    const victim = workerOf(program, "moonshine/base-en");
    // Held still first, so that it cannot be done before it dies.
    process.kill(victim, "SIGSTOP");
    const answer = transcribeWav(port, speech("en/jfk.wav"));
    await requestIn(program, "decode");
    process.kill(victim, "SIGKILL");
    expect(plain((await answer).text)).toContain(JFK);
    expect(plain((await transcribeWav(port, speech("en/jfk.wav"))).text)).toContain(JFK);
    expect(workerOf(program, "moonshine/base-en")).not.toBe(victim);
    expect(program.child.exitCode).toBeNull();
  });

  it("serves the commands of a second terminal", async () => {
    const on = ["--data-dir", program.dataDir];
    const heard = await runCommand(["transcribe", join(SHARED, "speech/en/jfk.wav"), ...on]);
    expect(plain(heard.stdout)).toContain(JFK);
    const status = await runCommand(["status", "--json", ...on]);
    expect((JSON.parse(status.stdout) as Snapshot).phase).toBe("ready");
    const listed = await runCommand(["models", "list", "--installed", ...on]);
    expect(listed.stdout).toContain("moonshine/base-en");
    const file = join(mkdtempSync(join(tmpdir(), "irene-say-")), "hello.wav");
    expect((await runCommand(["say", "Hello there", "-o", file, ...on])).code).toBe(0);
    expect(readFileSync(file).subarray(0, 4).toString()).toBe("RIFF");
    rmSync(file);
  });

  it("ends with code 0 on SIGTERM, children gone and offline said", async () => {
    const workers = program.workers();
    expect(workers.length).toBeGreaterThan(0);
    expect(await program.stop("SIGTERM")).toBe(0);
    await observer.see("offline", ({ topic, text }) => topic === "irene_edge/status" && text === "offline");
    expect(workers.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });

  it("starts again without the network, from what is on disk", async () => {
    const again = await Program.serve({
      dataDir: program.dataDir,
      flags: ["--mqtt-url", broker.url],
      env: { npm_config_registry: "http://127.0.0.1:9/", IRENE_MODELS__OFFLINE: "true" },
    });
    await again.line(/Warm-up done/);
    expect((await again.status()).phase).toBe("ready");
    expect(await again.stop("SIGINT")).toBe(0);
  });
});

/** The process that holds a model, by its title. */
function workerOf(program: Program, model: string): number {
  const found = program.workers().find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(model));
  if (!found) throw new Error(`no worker for ${model}: ${execFileSync("ps", ["ax"]).toString()}`);
  return found;
}

/** Resolves once a running request has reached a stage. */
async function requestIn(program: Program, stage: string): Promise<void> {
  const found = new AbortController();
  const house = new RemoteHouse(`http://127.0.0.1:${await program.port("http")}`);
  const reached = ({ requests }: Snapshot) =>
    requests.recent.some(
      ({ outcome, stages }) => outcome === "running" && stages.some(({ name }) => name === stage),
    );
  await house
    .watch((snapshot) => reached(snapshot) && found.abort(), found.signal)
    .catch((error) => {
      if (!found.signal.aborted) throw error;
    });
}
