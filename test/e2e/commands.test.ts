import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeServerFile } from "../../src/app/state-file.js";
import { readWav } from "../../src/audio/wav.js";
import type { Snapshot } from "../../src/sessions/snapshot.js";
import { MisbehavingServer } from "../fixtures/misbehaving-server.js";
import { Program, runCommand } from "../fixtures/program.js";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const HAS_ESPEAK = (() => {
  try {
    execFileSync("espeak-ng", ["--version"]);
    return true;
  } catch (error) {
    return !(error instanceof Error);
  }
})();
const ESPEAK_NEEDED = HAS_ESPEAK ? "" : " [skipped: espeak-ng is not installed]";
const STACK = /^\s+at .+:\d+:\d+/m;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "irene-commands-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** One command on the test's data folder. */
const irene = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCommand([...args, "--data-dir", join(dir, "data")], env);

describe("the exit code of a command", () => {
  it.each([
    [1, ["transcribe", "/does/not/exist.wav"]],
    [1, ["transcribe", CLI]],
    [1, ["say", "hello", "-o", "/does/not/exist/hello.wav"]],
    [1, ["status", "--watch"]],
    [2, ["transcribe", CLI, "--model", "whisper/enormous"]],
    [2, ["models", "list", "--capability", "song"]],
    [2, ["models", "pull"]],
    [2, ["sing"]],
    [78, ["models", "list", "--config", "/does/not/exist.yaml"]],
    [78, ["models", "list", "--log-level", "loud"]],
  ] as const)("is %i for irene %j, in words without a stack", async (code, args) => {
    const result = await irene(args);
    expect(result).toMatchObject({ code });
    expect(result.stderr).not.toMatch(STACK);
    expect(result.stderr + result.stdout).not.toBe("");
  });

  it("is 78 for a server whose settings are wrong, which then really ends", async () => {
    const result = await irene(["serve"], { IRENE_MODELS__FOLDERS: "no/such=/tmp" });
    expect(result).toMatchObject({ code: 78, stderr: expect.stringContaining("no/such") });
  });

  it("is 78 where the data folder is none", async () => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    const result = await runCommand(["models", "list", "--data-dir", file]);
    expect(result).toMatchObject({ code: 78, stderr: expect.stringMatching(/cannot be (read|used)/) });
    expect(result.stderr).not.toMatch(STACK);
  });
});

describe("what a command prints", () => {
  it("is only models of the language asked for", async () => {
    const { stdout } = await irene(["models", "list", "--language", "ru", "--json"]);
    const models = JSON.parse(stdout) as Snapshot["models"];
    expect(models.map(({ id }) => id)).toContain("whisper/tiny");
    expect(models.map(({ id }) => id)).not.toContain("whisper/tiny.en");
  });

  it("is JSON for machines, also of what went wrong", async () => {
    const { code, stdout } = await irene(["models", "check", "base", "whisper/enormous", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: "base", ok: false, code: "asset-missing" },
      { name: "whisper/enormous", ok: false, code: "config-unknown-model" },
    ]);
    const failed = await irene(["transcribe", "/does/not/exist.wav", "--json"]);
    expect(failed.stdout).toBe("");
    expect(JSON.parse(failed.stderr)).toMatchObject({ error: { code: "file-unreadable" } });
  });

  it("may be cut off by its reader", async () => {
    const line = `"${process.execPath}" "${CLI}" models list --data-dir "${dir}/data" | head -1; echo "\${PIPESTATUS[@]}"`;
    const { stdout, stderr } = await promisify(execFile)("bash", ["-c", line]);
    expect(stdout).toMatch(/^model .*\n0 0\n$/);
    expect(stderr).toBe("");
  });

  it("says which IRENE_ name stands for nothing", async () => {
    const { stderr } = await irene(["models", "list"], { IRENE_LANGAUGE: "de" });
    expect(stderr).toContain("IRENE_LANGAUGE");
  });
});

describe("a command on a data folder whose server has died", () => {
  const list = () => irene(["models", "list", "--installed"]);

  it("does the work itself and says so", async () => {
    writeServerFile(join(dir, "data"), { pid: 1, httpUrl: "http://127.0.0.1:9" });
    const { code, stdout, stderr } = await list();
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("espeak/espeak-ng") });
    expect(stderr).toMatch(/has ended without saying so, so the work is done here/);
  });

  it("does not take another program on the same port for it", async () => {
    const other = createServer((_, response) => response.end('{"status":"ok"}')).listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    writeServerFile(join(dir, "data"), { pid: process.pid, httpUrl: `http://127.0.0.1:${port}` });
    const { code, stderr } = await list();
    other.close();
    expect(code).toBe(0);
    expect(stderr).toMatch(/something else answers/);
    rmSync(join(dir, "data/state/server.json"));
  });
});

describe("a command on a server that wants a token", () => {
  const token = "correct-horse-battery";

  it("is let in without being told the token, and others are not", async () => {
    const program = await Program.serve({
      env: { IRENE_PRELOAD: "false", IRENE_MODELS__OFFLINE: "true", IRENE_HTTP__TOKEN: token },
    });
    try {
      const url = `http://127.0.0.1:${await program.port("http")}`;
      const { code, stdout } = await irene(["status", "--data-dir", program.dataDir]);
      expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("Irene Edge") });
      expect((await fetch(`${url}/api/status`)).status).toBe(401);
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${url}/api/status`, { headers })).status).toBe(200);
      const file = join(program.dataDir, "state/server.json");
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, "utf8")).not.toContain(token);
      expect(program.log.join("\n")).not.toContain(token);
    } finally {
      await program.dispose();
    }
  });

  it("says what to do where a token is forgotten, and opens nothing", async () => {
    const result = await irene(["serve"], { IRENE_HTTP__HOST: "0.0.0.0" });
    expect(result).toMatchObject({ code: 78, stderr: expect.stringMatching(/Set http\.token/) });
    expect(result.stderr).not.toMatch(STACK);
  });
});

describe("a command on a running server", () => {
  let program: Program;
  beforeAll(async () => {
    program = await Program.serve({ env: { IRENE_PRELOAD: "false", IRENE_MODELS__OFFLINE: "true" } });
    await program.port("http");
  });
  afterAll(() => program.dispose());

  /** `irene status --watch` and what it has printed. */
  function watch(...args: readonly string[]) {
    const all = ["status", "--watch", "--data-dir", program.dataDir, ...args];
    const child = spawn(process.execPath, [CLI, ...all], { stdio: ["ignore", "pipe", "pipe"] });
    const said = { out: "", err: "" };
    const started = new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        said.out += String(chunk);
        if (said.out.includes("\n")) resolve();
      });
    });
    child.stderr.on("data", (chunk: Buffer) => {
      said.err += String(chunk);
    });
    return { child, said, started, exit: once(child, "exit") };
  }

  it("is told what the server says, with the server's code", async () => {
    const on = ["--data-dir", program.dataDir];
    const [unknown, offline] = await Promise.all([
      runCommand(["models", "pull", "whisper/enormous", ...on]),
      runCommand(["models", "pull", "whisper/tiny", "--json", ...on]),
    ]);
    expect(unknown).toMatchObject({ code: 2, stdout: expect.stringContaining("no model whisper/enormous") });
    expect(offline.code).toBe(1);
    expect(JSON.parse(offline.stdout)).toMatchObject([{ code: "offline" }]);
  });

  it("stops watching at Ctrl-C, with code 0", async () => {
    const { child, said, exit, started } = watch();
    await started;
    child.kill("SIGINT");
    expect(await exit).toEqual([0, null]);
    expect(said.err).toBe("");
  });

  it("stops watching when nobody reads any more", async () => {
    const { child, said, exit, started } = watch("--json");
    await started;
    child.stdout.destroy();
    // Something for it to tell.
    const line = program.line(/eSpeak NG/);
    await runCommand(["models", "warm-up", "espeak", "--data-dir", program.dataDir]);
    await line;
    expect(await exit).toEqual([0, null]);
    expect(said.err).not.toMatch(STACK);
  });

  it("stops watching when the server ends, and says so", async () => {
    const { said, exit, started } = watch();
    await started;
    expect(await program.stop("SIGTERM")).toBe(0);
    expect(await exit).toEqual([0, null]);
    expect(said.err).toContain("The server has ended.");
    expect(existsSync(join(program.dataDir, "state/server.json"))).toBe(false);
  });
});

describe.skipIf(!HAS_ESPEAK)(`a command without a server${ESPEAK_NEEDED}`, () => {
  let server: MisbehavingServer;
  const catalog = () => `provider: espeak
capability: tts
models:
  far:
    title: A voice that is far away
    languages: [en]
    licence: {id: MIT}
    attribution: {name: Nobody, url: "https://example.org"}
    memory: {steady: 15 MB}
    quality: 1
    files: {model: far.bin}
    sources: [{http: {model: "${server.url("/far.bin")}"}}]
  gone:
    title: A voice that is gone
    languages: [en]
    licence: {id: MIT}
    attribution: {name: Nobody, url: "https://example.org"}
    memory: {steady: 15 MB}
    quality: 1
    files: {model: gone.bin}
    sources: [{http: {model: "${server.url("/gone.bin")}"}}]
`;
  const env = { IRENE_MODELS__ALLOW_HTTP: "true" };

  beforeAll(async () => {
    server = await MisbehavingServer.start();
    server.on("/far.bin", (_, response) => {
      response.writeHead(200, { "content-length": 2_000_000 });
      response.write(Buffer.alloc(1_000_000));
      setTimeout(() => response.end(Buffer.alloc(1_000_000)), 400);
    });
    server.on("/gone.bin", (_, response) => response.writeHead(404).end());
    mkdirSync(join(dir, "data/catalog"), { recursive: true });
    writeFileSync(join(dir, "data/catalog/espeak.yaml"), catalog());
  });
  afterAll(() => server.stop());

  it("shows the download it waits for, then does what it was asked", async () => {
    const file = join(dir, "far.wav");
    const { code, stdout, stderr } = await irene(["say", "hello", "--voice", "far", "-o", file], env);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/espeak\/far: downloading/),
    });
    expect(stdout).toMatch(/far\.wav: 0\.\d s of speech/);
    expect(readWav(readFileSync(file)).pcm.length).toBeGreaterThan(1000);
  });

  it("writes speech to standard output when asked to", async () => {
    const options = { encoding: "buffer", maxBuffer: 1e8 } as const;
    const args = [CLI, "say", "hello", "--voice", "espeak", "-o", "-", "--data-dir", join(dir, "data")];
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    expect(readWav(stdout).format).toEqual({ rateHz: 22_050, widthBytes: 2, channels: 1 });
  });

  it("warms a provider up by hand: code 0 with times and memory, 1 with the reason", async () => {
    const warm = await irene(["models", "warm-up", "espeak/espeak-ng"], env);
    expect(warm.code).toBe(0);
    expect(warm.stdout).toMatch(
      /eSpeak NG warmed up successfully, loaded in .+, warmed up in .+, holds \d.+ \((measured|learned)\)/,
    );
    expect(warm.stderr).toMatch(/Warming up eSpeak NG/);
    const failed = await irene(["models", "warm-up", "gone", "--json"], env);
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject([{ model: "espeak/gone", ok: false }]);
  });

  it("tells whether models are there by its exit code", async () => {
    expect((await irene(["models", "pull", "espeak/far"], env)).stdout).toMatch(/downloaded and whole/);
    expect(await irene(["models", "check", "espeak/far"], env)).toMatchObject({
      code: 0,
      stdout: "espeak/far: whole, on disk (2 MB)\n",
    });
    writeFileSync(join(dir, "data/models/espeak/far/far.bin"), Buffer.alloc(2_000_000, 1));
    const damaged = await irene(["models", "check"], env);
    expect(damaged).toMatchObject({ code: 1, stdout: expect.stringContaining("espeak/far: It is damaged") });
  });

  it("cleans up, after saying what it would remove", async () => {
    const dry = await irene(["models", "gc", "--dry-run"], env);
    expect(dry.stdout).toMatch(/^espeak\/far {2}2 MB {2}a damaged model/m);
    expect(dry.stdout).toContain("Would free 2 MB.");
    expect((await irene(["models", "gc"], env)).stdout).toContain("Freed 2 MB.");
    expect(existsSync(join(dir, "data/models/espeak/far"))).toBe(false);
    expect((await irene(["models", "gc"], env)).stdout).toContain("Nothing to remove");
  });
});

describe("irene doctor and irene plan", () => {
  const OFFLINE = { IRENE_MODELS__OFFLINE: "true", IRENE_MQTT__ENABLED: "false" };
  const PORTS = ["--wyoming-port", "0", "--http-port", "0"];

  it("look at everything without the network, and pass a machine that can speak", async () => {
    const { code, stdout } = await irene(["doctor", "--json", ...PORTS], OFFLINE);
    const findings = JSON.parse(stdout) as { check: string; level: string; message: string }[];
    const levels = new Map(findings.map(({ check, level }) => [check, level]));
    for (const check of ["settings", "node", "processor", "data-folder", "disk", "clock", "mqtt"]) {
      expect(levels.get(check), check).toBe("ok");
    }
    for (const check of [
      "memory",
      "container",
      "swap",
      "pressure",
      "server",
      "models",
      "garbage",
      "pytorch",
    ]) {
      expect(levels.has(check), check).toBe(true);
    }
    // Nothing is on disk and nothing may be downloaded, so nobody can hear.
    expect(levels.get("stt")).toBe("fail");
    expect(code).toBe(1);
  });

  it("name what is wrong with the settings, and go on with the machine", async () => {
    const { code, stdout } = await irene(["doctor", "--memory-budget", "much"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}The configuration has a problem/m);
    expect(stdout).toMatch(/^ok {4}Node\.js/m);
    expect(stdout).toMatch(/\d+ checks: \d+ ok, \d+ to look at, \d+ failed\n$/);
  });

  it("tell what would be loaded for a question of what if", async () => {
    const { code, stdout } = await irene(["plan", "--language", "ru", "--memory-budget", "300MB"], OFFLINE);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Who answers in ru/);
    expect(stdout).toMatch(/: needs .+ of the 300 MB for models/);
    expect(stdout).toContain("Nothing has to be downloaded.");
  });
});
