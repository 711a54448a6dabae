import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { modelFolders } from "../fixtures/model-folders.js";
import { HAS_MOSQUITTO, MOSQUITTO_NEEDED, Mosquitto } from "../fixtures/mosquitto.js";
import { MqttObserver } from "../fixtures/mqtt-observer.js";
import { Program } from "../fixtures/program.js";
import { hasShared, SHARED } from "../fixtures/shared-speech.js";
import { transcribeWav } from "../fixtures/wyoming-tasks.js";

interface Controls {
  readonly memory_limit: number;
  readonly keep_alive: number;
  readonly model: Readonly<Record<string, string>>;
  readonly preload: Readonly<Record<string, "ON" | "OFF">>;
}

/** A busy machine takes its time to load models. */
const PATIENCE = { timeout: 120_000, interval: 250 } as const;

const folders = HAS_MOSQUITTO && hasShared ? await modelFolders() : undefined;
const NEEDS = `${MOSQUITTO_NEEDED}${hasShared ? "" : " [skipped: the shared recordings are absent]"}`;
const REGISTRY = folders || !HAS_MOSQUITTO || !hasShared ? "" : " [skipped: the npm registry is not reached]";

describe.skipIf(!folders)(`controls over MQTT${NEEDS}${REGISTRY}`, () => {
  let broker: Mosquitto;
  let observer: MqttObserver;
  let program: Program;
  const jfk = () => readFileSync(join(SHARED, "speech/en/jfk.wav"));
  const env = {
    IRENE_MODELS__FOLDERS: folders ?? "",
    IRENE_TTS: "espeak",
    IRENE_MQTT__TEXT_EVENTS: "true",
  };
  const serve = (more: Readonly<Record<string, string>> = {}, dataDir?: string) =>
    Program.serve({
      flags: ["--mqtt-url", broker.url],
      env: { ...env, ...more },
      ...(dataDir === undefined ? {} : { dataDir }),
    });
  const set = (control: string, value: string) => observer.publish(`irene_edge/set/${control}`, value);
  const controls = (): Controls | undefined => {
    const text = observer.last("irene_edge/controls");
    return text ? JSON.parse(text) : undefined;
  };
  const confirmed = (what: string, test: (now: Controls) => boolean) =>
    observer.until(what, () => {
      const now = controls();
      return now !== undefined && test(now);
    });
  /** What the program says on a topic after now, not what was stored before. */
  const forget = () => observer.seen.splice(0);

  beforeAll(async () => {
    broker = await Mosquitto.start();
    observer = await MqttObserver.connect(broker.url);
    program = await serve();
    await program.line(/Warm-up done/);
  });
  afterAll(async () => {
    await program.dispose();
    await observer.close();
    await broker.stop();
  });

  it("offers what can be set, with what it is set to", async () => {
    await confirmed("the model in use", ({ model }) => model["stt_en"] === "moonshine/base-en");
    expect(controls()).toMatchObject({ keep_alive: -1, preload: { stt_moonshine: "OFF" } });
  });

  it("changes the memory budget at once", async () => {
    await set("memory_limit", "900");
    await confirmed("the limit", ({ memory_limit }) => memory_limit === 900);
    const { budgetBytes, budgetReason } = (await program.status()).memory;
    expect(budgetBytes).toBe(900 * 1024 ** 2);
    expect(budgetReason).toContain("set while running");
  });

  it("goes back to the configured memory budget, and to another one again", async () => {
    await set("memory_limit", "auto");
    await vi.waitFor(async () => {
      expect((await program.status()).memory.budgetReason).toMatch(/^auto/);
    }, PATIENCE);
    await set("memory_limit", "900");
    await confirmed("the limit", ({ memory_limit }) => memory_limit === 900);
  });

  it("changes how long idle models stay", async () => {
    await set("keep_alive", "3600");
    await confirmed("the time", ({ keep_alive }) => keep_alive === 3600);
    await set("keep_alive", "-1");
    await confirmed("for ever", ({ keep_alive }) => keep_alive === -1);
  });

  it("puts another model in the place of the one in use while requests go on, none of which fails", async () => {
    const port = await program.port("wyoming");
    let isOver = false;
    const heard: string[] = [];
    const talking = (async () => {
      while (!isOver) heard.push((await transcribeWav(port, jfk())).text);
    })();
    await set("model/stt_en", "whisper/tiny");
    await confirmed("the other model", ({ model }) => model["stt_en"] === "whisper/tiny");
    isOver = true;
    await talking;
    const last = (await transcribeWav(port, jfk())).text;
    for (const text of [...heard, last]) expect(text.toLowerCase()).toContain("ask not what your country");
    const { models, requests } = await program.status();
    expect(requests.failed).toBe(0);
    expect(requests.recent[0]?.model).toBe("whisper/tiny");
    expect(models.find(({ id }) => id === "whisper/tiny")?.state).toBe("ready");
    const former = models.find(({ id }) => id === "moonshine/base-en");
    expect(former?.state, former?.error).toBe("cold");
  });

  it("tells what was said over Wyoming, as the user asked to be told", async () => {
    forget();
    const { text: said } = await transcribeWav(await program.port("wyoming"), jfk());
    const { text } = await observer.see("the text", ({ topic }) => topic === "irene_edge/event/text");
    expect(JSON.parse(text)).toMatchObject({
      event_type: "recognised",
      text: said,
      gateway: "wyoming",
      peer: "127.0.0.1",
      model: "whisper/tiny",
    });
  });

  it("unloads all models at a press, and loads them again at another", async () => {
    const states = async () =>
      Object.fromEntries((await program.status()).models.map(({ id, state }) => [id, state]));
    await set("unload_models", "PRESS");
    await vi.waitFor(async () => {
      expect(Object.values(await states()).filter((state) => state !== "cold")).toEqual([]);
    }, PATIENCE);
    await set("warm_up_models", "PRESS");
    await vi.waitFor(async () => expect((await states())["whisper/tiny"]).toBe("ready"), PATIENCE);
    const { text } = await transcribeWav(await program.port("wyoming"), jfk());
    expect(text.toLowerCase()).toContain("ask not what your country");
  });

  it("unloads and warms up one model by its name", async () => {
    const state = async (wanted: string) =>
      (await program.status()).models.find(({ id }) => id === wanted)?.state;
    await set("warm_up_models", "moonshine/base-en");
    await vi.waitFor(async () => expect(await state("moonshine/base-en")).toBe("ready"), PATIENCE);
    await set("unload_models", "moonshine/base-en");
    await vi.waitFor(async () => expect(await state("moonshine/base-en")).toBe("cold"), PATIENCE);
  });

  it("preloads the model of a provider from the moment it is switched on", async () => {
    await set("preload/tts_espeak", "ON");
    await confirmed("the switch", ({ preload }) => preload["tts_espeak"] === "ON");
  });

  it.each([
    ["memory_limit", "lots", "no memory limit"],
    ["memory_limit", "65536", "cannot be promised"],
    ["keep_alive", "0x10", "is no time"],
    ["model/stt_en", "whisper/enormous", "cannot be chosen"],
    ["preload/tts_espeak", "MAYBE", "is no switch position"],
    ["colour", "red", "no control"],
    ["say/attic", "Hello", "No satellite"],
  ])("refuses %s %s with a sentence, and changes nothing", async (control, value, sentence) => {
    const before = controls();
    forget();
    await set(control, value);
    const { text } = await observer.see("the refusal", ({ topic }) => topic === "irene_edge/event/error");
    expect(JSON.parse(text)).toMatchObject({
      event_type: "refused",
      topic: `irene_edge/set/${control}`,
      message: expect.stringContaining(sentence),
    });
    // Whatever the refusal had changed would be told before what comes next.
    const other = before?.keep_alive === 7200 ? 1800 : 7200;
    await set("keep_alive", String(other));
    await confirmed("the next change", ({ keep_alive }) => keep_alive === other);
    expect(controls()).toEqual({ ...before, keep_alive: other });
  });

  it("remembers all of it over a restart", async () => {
    const before = controls();
    expect(await program.stop()).toBe(0);
    forget();
    program = await serve({}, program.dataDir);
    await program.line(/Warm-up done/);
    await confirmed("the same as before", (now) => JSON.stringify(now) === JSON.stringify(before));
    expect(before).toMatchObject({ memory_limit: 900, model: { stt_en: "whisper/tiny" } });
    const { models } = await program.status();
    expect(models.find(({ id }) => id === "whisper/tiny")?.state).toBe("ready");
    expect(program.log.join("\n")).toContain("memory_budget: 944 MB, as set while running");
  });

  it("lets what is named at start win, and says so", async () => {
    expect(await program.stop()).toBe(0);
    forget();
    const named = { IRENE_MEMORY_BUDGET: "700MiB", IRENE_STT: "moonshine/base-en", IRENE_PRELOAD: "false" };
    program = await serve(named, program.dataDir);
    await confirmed("the named limit", ({ memory_limit }) => memory_limit === 700);
    await confirmed("the named model", ({ model }) => model["stt_en"] === "moonshine/base-en");
    expect(program.log.join("\n")).toMatch(/memory_budget: .* was set while running; .* wins/);
    await set("memory_limit", "800");
    await confirmed("a later change", ({ memory_limit }) => memory_limit === 800);
    await program.line(/the change holds until the next start/);
  });
});

describe.skipIf(!HAS_MOSQUITTO || !hasShared)(`a model that failed${NEEDS}`, () => {
  it("is tried again at a press, and works once its files are mended", async () => {
    const broker = await Mosquitto.start();
    const folder = mkdtempSync(join(tmpdir(), "irene-whisper-"));
    onTestFinished(async () => {
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const whole = join(SHARED, "models/whisper-tiny");
    const decoder = "tiny-decoder.int8.onnx";
    cpSync(whole, folder, { recursive: true });
    writeFileSync(join(folder, decoder), "no network");
    const program = await Program.serve({
      flags: ["--mqtt-url", broker.url, "--stt", "whisper/tiny", "--tts", "espeak"],
      env: { IRENE_MODELS__FOLDERS: `whisper/tiny=${folder}`, IRENE_MODELS__OFFLINE: "true" },
    });
    onTestFinished(() => program.dispose());
    const state = async () => (await program.status()).models.find(({ id }) => id === "whisper/tiny")?.state;
    await program.line(/Failed to warm up Whisper/);
    await vi.waitFor(async () => expect(await state()).toBe("failed"), PATIENCE);
    cpSync(join(whole, decoder), join(folder, decoder));
    const observer = await MqttObserver.connect(broker.url);
    onTestFinished(() => observer.close());
    await observer.publish("irene_edge/set/retry_models", "PRESS");
    await vi.waitFor(async () => expect(await state()).toBe("ready"), PATIENCE);
  });
});
