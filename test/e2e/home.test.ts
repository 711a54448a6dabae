import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HomeView } from "../../src/sessions/home.js";
import type { TranscribeResult } from "../../src/sessions/voice.js";
import { FakeCore } from "../fixtures/fake-core.js";
import { Program, runCommand } from "../fixtures/program.js";
import { hasShared, SHARED, whisperTiny } from "../fixtures/shared-speech.js";
import { grammarModel } from "../fixtures/vosk-models.js";

const listener = hasShared && whisperTiny ? await grammarModel() : undefined;
const NEEDS = listener ? "" : " [skipped: the shared recordings and models or a package registry are absent]";
/** A busy machine downloads nothing here, but loads two models. */
const PATIENCE = { timeout: 90_000, interval: 100 };

const LISTENS = /Commands in en: Vosk .* listens for \d+ sentences/;
const clip = (name: string): string => join(SHARED, "speech", "en", name);

let settings: string;
/** Vosk for commands and Whisper for everything else, both from folders. */
const surroundings = (env: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  IRENE_CONFIG: join(settings, "irene.yaml"),
  IRENE_HOME__COMMANDS: "true",
  ...env,
});
beforeAll(async () => {
  settings = await mkdtemp(join(tmpdir(), "irene-home-"));
  const folders = { "vosk/en_domain": listener, "whisper/tiny": join(SHARED, "models", "whisper-tiny") };
  const options = { tts: "espeak", mqtt: { enabled: false }, models: { offline: true, folders } };
  await writeFile(join(settings, "irene.yaml"), JSON.stringify(options));
});
afterAll(() => rm(settings, { recursive: true, force: true }));

describe.skipIf(!listener)(`the commands of a home in Home Assistant${NEEDS}`, () => {
  let core: FakeCore;
  let program: Program;
  const transcribe = async (name: string, query = ""): Promise<TranscribeResult> => {
    const url = `http://127.0.0.1:${await program.port("http")}/api/transcribe${query}`;
    const response = await fetch(url, { method: "POST", body: await readFile(clip(name)) });
    expect(response.status).toBe(200);
    return (await response.json()) as TranscribeResult;
  };
  const home = async (): Promise<HomeView> => {
    const response = await fetch(`http://127.0.0.1:${await program.port("http")}/api/home`);
    return (await response.json()) as HomeView;
  };

  beforeAll(async () => {
    core = await FakeCore.start();
    core.areas.set("office", { name: "Office" });
    core.entities.set("lock.gate", { name: "Blue Gate" });
    core.entities.set("climate.hall", { name: "EcoBee" });
    program = await Program.serve({
      env: surroundings({ SUPERVISOR_TOKEN: core.token, IRENE_SUPERVISOR_URL: core.url }),
    });
    await program.line(LISTENS);
  });
  afterAll(async () => {
    await program?.dispose();
    await core?.stop();
  });

  it("are understood at once, in the words of the home", async () => {
    const result = await transcribe("turn-off-all-of-the-lights-in-the-office.wav");
    expect(result).toMatchObject({
      text: expect.stringMatching(/^turn off all (of )?the lights in the Office$/),
      model: "vosk/en_domain",
      decided: "command",
    });
    const { requests } = await program.status();
    expect(requests.recent[0]).toMatchObject({ model: "vosk/en_domain", decided: "command" });
    expect(requests.recent[0]?.why).toBeTruthy();
  });

  it("leave all else to dictation", async () => {
    const result = await transcribe("jfk.wav");
    expect(result).toMatchObject({ model: "whisper/tiny", decided: "dictation" });
    expect(result.text.toLowerCase()).toContain("what you can do for your country");
  });

  it("know a new name without a restart or a failed request", async () => {
    await expect.poll(() => core.heard, PATIENCE).toBe(true);
    const before = await transcribe("lock-the-front-door.wav");
    expect(before.text).not.toBe("lock the Front Door");
    core.change("lock.gate", { name: "Front Door" });
    // Each of these requests must be answered, whatever with.
    await expect
      .poll(async () => (await transcribe("lock-the-front-door.wav")).text, PATIENCE)
      .toBe("lock the Front Door");
    expect((await program.status()).requests.failed).toBe(0);
  });

  it("are heard by a model asked for by name no more than by itself", async () => {
    const result = await transcribe("lock-the-front-door.wav", "?model=whisper/tiny");
    expect(result.model).toBe("whisper/tiny");
    expect(result).not.toHaveProperty("decided");
  });

  it("come back after the model's process was killed, and requests are answered meanwhile", async () => {
    const { models } = await program.status();
    expect(models.find(({ id }) => id === "vosk/en_domain")?.state).toBe("ready");
    const found = program
      .workers()
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("vosk"));
    if (found === undefined) throw new Error("There is no worker with the Vosk model.");
    process.kill(found, "SIGKILL");
    await expect
      .poll(async () => (await transcribe("lock-the-front-door.wav")).decided, PATIENCE)
      .toBe("command");
    expect((await program.status()).requests.failed).toBe(0);
  });

  it("are shown with the words the model does not know", async () => {
    const { off, sources, languages } = await home();
    expect(off).toBeUndefined();
    expect(sources).toEqual([{ name: "Home Assistant" }]);
    expect(languages).toHaveLength(1);
    expect(languages[0]).toMatchObject({ language: "en", ready: true, model: "vosk/en_domain" });
    expect(languages[0]?.names).toContainEqual({
      kind: "locks",
      name: "Front Door",
      source: "Home Assistant",
    });
    expect(languages[0]?.unknownWords.map(({ word }) => word.toLowerCase())).toContain("ecobee");
  });

  it("are explained on the command line", async () => {
    const { dataDir } = program;
    const shown = await runCommand(["home", "show", "--data-dir", dataDir]);
    expect(shown.stdout).toMatch(
      /^Names come from Home Assistant\.\n\nen: 3 names, \d+ sentences; vosk\/en_domain listens/,
    );
    expect(shown.stdout).toContain("locks: Front Door");
    const explained = await runCommand([
      "transcribe",
      "--explain",
      clip("lock-the-front-door.wav"),
      "--data-dir",
      dataDir,
    ]);
    expect(explained.stdout).toMatch(
      /^lock the Front Door\n {2}answered by vosk\/en_domain, .*\n {2}it is a command of this home: /,
    );
    const tested = await runCommand(["home", "test", "lock the front door", "--data-dir", dataDir]);
    expect(tested.stdout).toMatch(/^lock the Front Door\n {2}taken for a command: /);
    const salad = await runCommand(["home", "test", "who wrote the moonlight sonata", "--data-dir", dataDir]);
    expect(salad.stdout).toContain("dictated");
  });
});

describe.skipIf(!listener)(`the commands of a home in a file${NEEDS}`, () => {
  it("are listened for without a server where that is asked for", async () => {
    await writeFile(join(settings, "home.yaml"), "en:\n  locks: [Front Door]\n");
    const env = surroundings({ IRENE_HOME__FILE: join(settings, "home.yaml") });
    const args = [
      "transcribe",
      "--explain",
      clip("lock-the-front-door.wav"),
      "--data-dir",
      join(settings, "data"),
    ];
    const { stdout, code } = await runCommand(args, env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^lock the Front Door\n {2}answered by vosk\/en_domain/);
  });

  it("are off by one option", async () => {
    const env = surroundings({ IRENE_HOME__COMMANDS: "false" });
    const { stdout } = await runCommand(["home", "show", "--data-dir", join(settings, "data")], env);
    expect(stdout).toMatch(/^Commands are off: /);
  });
});
