import {
  cpSync,
  createReadStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { MisbehavingServer } from "../fixtures/misbehaving-server.js";
import { MqttObserver } from "../fixtures/mqtt-observer.js";
import { Program } from "../fixtures/program.js";
import { hasShared, SHARED } from "../fixtures/shared-speech.js";
import {
  type CatalogSource,
  WHISPER_DIR,
  WHISPER_FILES,
  writeSpeechCatalog,
} from "../fixtures/speech-catalog.js";
import { transcribeWav } from "../fixtures/wyoming-tasks.js";

const NEEDS = hasShared ? "" : " [skipped: the shared models are absent]";
const PATIENCE = { timeout: 420_000 };
/** Back-offs between tries begin at ten seconds, and this machine may be busy. */
const SOON = { timeout: 180_000, interval: 500 };

describe.skipIf(!hasShared)(`a model that cannot be had${NEEDS}`, () => {
  const dirs: string[] = [];
  let program: Program | undefined;
  let observer: MqttObserver | undefined;
  const scratch = () => {
    const dir = mkdtempSync(join(tmpdir(), "irene-recovery-"));
    dirs.push(dir);
    return dir;
  };
  afterEach(async () => {
    await observer?.close();
    await program?.dispose();
    observer = undefined;
    program = undefined;
  });
  afterAll(() => {
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  });

  /** A program that knows two models for speech, and tells over its own broker how it is. */
  async function serve(whisper: CatalogSource, env: Readonly<Record<string, string>> = {}) {
    const catalog = scratch();
    writeSpeechCatalog(catalog, whisper);
    program = await Program.serve({
      env: {
        IRENE_MODELS__CATALOG_DIR: catalog,
        IRENE_MODELS__ALLOW_HTTP: "true",
        IRENE_PROVIDERS__ASR__VOSK__PRELOAD_MODELS: "true",
        ...env,
      },
      flags: ["--stt", "whisper/tiny", "--language", "en"],
    });
    const running = program;
    observer = await MqttObserver.connect(`mqtt://127.0.0.1:${await running.port("mqtt")}`);
    const told = observer;
    return { running, told, port: await running.port("wyoming") };
  }

  const jfk = () => readFileSync(join(SHARED, "speech/en/jfk.wav"));
  const stateOf = (told: MqttObserver) =>
    JSON.parse(told.last("irene_edge/state") ?? "{}") as { phase?: string };
  const problemOf = (told: MqttObserver) =>
    JSON.parse(told.last("irene_edge/problem") ?? "{}") as {
      problem?: string;
      attributes?: { reason?: string };
    };

  /** Degraded with this reason, and answered by the other model all the same. */
  async function isHelpedOut(house: Awaited<ReturnType<typeof serve>>, reason: RegExp): Promise<void> {
    const { running, told, port } = house;
    await vi.waitFor(() => expect(stateOf(told).phase).toBe("degraded"), SOON);
    await vi.waitFor(() => expect(JSON.stringify(problemOf(told))).toMatch(reason), SOON);
    expect(problemOf(told).problem).toBe("ON");
    const { text, events } = await transcribeWav(port, jfk());
    expect(text).toMatch(/what your country/i);
    expect(events.at(-1)?.data).toMatchObject({ context: { model: "vosk/small" } });
    const { requests, phase, problem } = await running.status();
    expect({ phase, problem }).toEqual({ phase: "degraded", problem: expect.stringMatching(reason) });
    expect(requests.failed).toBe(0);
    expect(requests.recent[0]).toMatchObject({
      model: "vosk/small",
      degraded: expect.stringContaining("Vosk Small answers instead of Whisper Tiny"),
    });
  }

  /** Well again, by the same process. */
  async function hasRecovered({ running, told, port }: Awaited<ReturnType<typeof serve>>): Promise<void> {
    await vi.waitFor(() => expect(stateOf(told).phase).toBe("ready"), SOON);
    await vi.waitFor(() => expect(problemOf(told).problem).toBe("OFF"), SOON);
    expect((await transcribeWav(port, jfk())).text).toMatch(/ask not what your country/i);
    const { requests } = await running.status();
    expect(requests.recent[0]?.model).toBe("whisper/tiny");
    expect(requests.recent[0]?.degraded).toBeUndefined();
    expect(running.child.exitCode).toBeNull();
  }

  it("for a damaged file is stood in for, told of, and back once the file is whole", PATIENCE, async () => {
    const dir = scratch();
    cpSync(WHISPER_DIR, dir, { recursive: true });
    const path = join(dir, WHISPER_FILES.decoder);
    const whole = readFileSync(path);
    writeFileSync(path, Buffer.from(whole).fill(0x5a, 0, 4096));
    const house = await serve({ file: dir });
    await house.running.line(/Failed to warm up Whisper/);
    await house.running.line(/Falling back to lazy loading for Whisper provider/);
    await isHelpedOut(house, /Whisper Tiny/);
    writeFileSync(path, whole);
    await hasRecovered(house);
  });

  it("for want of a network is stood in for, told of, and back once the line is up", PATIENCE, async () => {
    const server = await MisbehavingServer.start();
    let isUp = false;
    const url = (file: string) =>
      server.on(`/${file}`, (request, response) => {
        if (!isUp) return void request.socket.destroy();
        response.writeHead(200, { "content-length": statSync(join(WHISPER_DIR, file)).size });
        if (request.method === "HEAD") return void response.end();
        createReadStream(join(WHISPER_DIR, file)).pipe(response);
      });
    const http = Object.fromEntries(Object.entries(WHISPER_FILES).map(([role, file]) => [role, url(file)]));
    const house = await serve({ http });
    await isHelpedOut(house, /Whisper Tiny: .*127\.0\.0\.1/);
    isUp = true;
    await hasRecovered(house);
    await server.stop();
  });

  it("for want of memory is stood in for, told of, and back once there is room", PATIENCE, async () => {
    const house = await serve({ file: WHISPER_DIR }, { IRENE_MEMORY_BUDGET: "440MB" });
    await isHelpedOut(house, /Whisper Tiny needs 500 MB|Whisper Tiny, which does not fit/);
    await house.told.publish("irene_edge/set/memory_limit", "2000");
    await hasRecovered(house);
  });
});
