import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiskModelStore } from "../../src/assets/disk-model-store.js";
import { systemClock } from "../../src/base/clock.js";
import { silentLogger } from "../../src/base/logger.js";
import type { ModelManifest } from "../../src/catalog/manifest.js";
import { zip } from "../fixtures/archives.js";
import { manifest } from "../fixtures/manifests.js";
import { type Behaviour, file, MisbehavingServer } from "../fixtures/misbehaving-server.js";

const PROGRAM = fileURLToPath(new URL("../fixtures/pull-model.mjs", import.meta.url));
const ROUNDS = 100;
/** On a slow machine fewer rounds must do. */
const PATIENCE_MS = 60_000;

const GRAPH = randomBytes(1_500_000);
const WORDS = randomBytes(400_000);
const NETWORK = Buffer.concat([Buffer.of(0x08), randomBytes(1_000_000)]);
const ARCHIVE = zip([
  { name: "top/graph.fst", content: GRAPH },
  { name: "top/words.txt", content: WORDS },
]);

describe("a model that is being downloaded", () => {
  let server: MisbehavingServer;
  let dir: string;
  const children = new Set<ChildProcess>();

  beforeEach(async () => {
    server = await MisbehavingServer.start();
    dir = await mkdtemp(join(tmpdir(), "crash-"));
  });
  afterEach(async () => {
    for (const child of children) child.kill("SIGKILL");
    await server.stop();
    await rm(dir, { recursive: true });
  });

  function start(model: ModelManifest): {
    child: ChildProcess;
    begun: Promise<void>;
    paths: Promise<unknown>;
  } {
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify({ dir, manifest: model })], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.add(child);
    child.once("exit", () => children.delete(child));
    let text = "";
    const ended = once(child, "close");
    const begun = new Promise<void>((resolve) => {
      child.stdout?.setEncoding("utf8").on("data", (more: string) => {
        text += more;
        if (text.includes("begun")) resolve();
      });
      child.once("exit", () => resolve());
    });
    return { child, begun, paths: ended.then(() => JSON.parse(text.split("\n")[1] || "null") as unknown) };
  }

  const openStore = () =>
    DiskModelStore.open({
      dir,
      clock: systemClock,
      logger: silentLogger,
      npm: { registry: "https://nowhere.invalid/", scopes: {} },
      reserveBytes: 0,
    });

  function model(): ModelManifest {
    return manifest({
      id: "vosk/small",
      files: [
        { role: "model", path: "network.onnx" },
        { role: "dir", path: "graph/" },
      ],
      sources: [
        {
          kind: "parts",
          parts: [
            { kind: "http", urls: { model: server.on("/network", slowly(NETWORK)) } },
            {
              kind: "archive",
              url: server.on("/archive", slowly(ARCHIVE)),
              stripComponents: 1,
              members: { dir: "./" },
            },
          ],
        },
      ],
    });
  }

  async function expectWhole(): Promise<void> {
    const read = async (path: string) => sha256(await readFile(join(dir, "vosk/small", path)));
    expect(await read("network.onnx")).toBe(sha256(NETWORK));
    expect(await read("graph/graph.fst")).toBe(sha256(GRAPH));
    expect(await read("graph/words.txt")).toBe(sha256(WORDS));
  }

  it(`is absent or whole after each of up to ${ROUNDS} kills at random moments`, {
    timeout: 240_000,
  }, async () => {
    const wanted = model();
    // How long the whole takes here, from the moment the program is at work: the range to kill in.
    const first = start(wanted);
    await first.begun;
    const fromMs = performance.now();
    await first.paths;
    const wholeMs = performance.now() - fromMs;
    await expectWhole();

    const ends = { absent: 0, whole: 0 };
    const untilMs = performance.now() + PATIENCE_MS;
    for (let round = 0; round < ROUNDS && performance.now() < untilMs; round += 1) {
      const { child, begun } = start(wanted);
      await begun;
      const exited = child.exitCode === null ? once(child, "exit") : undefined;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * wholeMs * 1.1));
      child.kill("SIGKILL");
      await exited;
      const store = await openStore();
      const whole = (await store.check(wanted)).name === "present";
      if (whole) {
        await expectWhole();
        await store.remove(wanted);
      } else {
        expect(await folderNames(dir)).not.toContain("small");
      }
      ends[whole ? "whole" : "absent"] += 1;
      await expectNoDebris();
      await store.close();
    }
    expect(ends.absent).toBeGreaterThan(0);

    await start(wanted).paths;
    await expectWhole();
    const store = await openStore();
    expect(await store.check(wanted)).toMatchObject({ name: "present" });
    expect(await readdir(join(dir, ".partial"))).toEqual([]);
    await store.close();
  });

  it("is downloaded once when two processes want it, and both get it", async () => {
    const wanted = model();
    const [one, two] = [start(wanted), start(wanted)];
    const [ones, twos] = await Promise.all([one.paths, two.paths]);
    expect(ones).toEqual({
      model: join(dir, "vosk/small/network.onnx"),
      dir: join(dir, "vosk/small/graph/"),
    });
    expect(twos).toEqual(ones);
    await expectWhole();
    expect(server.gets("/network")).toHaveLength(1);
    expect(server.gets("/archive")).toHaveLength(1);
  });

  it("is taken over by the second process when the first is killed", async () => {
    const wanted = model();
    const halfway = new Promise<void>((resolve) => {
      const serve = slowly(NETWORK);
      server.on("/network", (request, response, count) => {
        if (request.method === "GET") resolve();
        serve(request, response, count);
      });
    });
    const one = start(wanted);
    await halfway;
    const two = start(wanted);
    await two.begun;
    one.child.kill("SIGKILL");
    expect(await two.paths).toMatchObject({ model: join(dir, "vosk/small/network.onnx") });
    await expectWhole();
  });

  /** At most one partial and its note for each of the two downloads, and nothing in staging. */
  async function expectNoDebris(): Promise<void> {
    expect(await readdir(join(dir, ".staging"))).toEqual([]);
    const partials = (await readdir(join(dir, ".partial"), { recursive: true })).filter((name) =>
      name.includes("/"),
    );
    const files = partials.filter((name) => name.endsWith(".partial"));
    expect(files.length).toBeLessThanOrEqual(2);
    expect(partials.filter((name) => !/\.partial(\.json(\.new)?)?$/.test(name))).toEqual([]);
  }
});

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** Serves a file in small pieces, so that there are moments to be killed in. */
function slowly(bytes: Buffer): Behaviour {
  return (request, response, count) => {
    const write = response.end.bind(response);
    const isBody = (chunk: unknown): chunk is Buffer => Buffer.isBuffer(chunk) && chunk.length > 0;
    response.end = ((chunk?: unknown) => {
      if (!isBody(chunk)) return write();
      let at = 0;
      const more = () => {
        if (response.destroyed) return;
        const piece = chunk.subarray(at, at + 100_000);
        at += piece.length;
        if (piece.length === 0) write();
        else response.write(piece, () => setImmediate(more));
      };
      more();
      return response;
    }) as typeof response.end;
    file(bytes)(request, response, count);
  };
}

async function folderNames(dir: string): Promise<readonly string[]> {
  return readdir(join(dir, "vosk")).catch(() => []);
}
