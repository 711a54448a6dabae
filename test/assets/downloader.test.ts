import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiskSpace } from "../../src/assets/disk/disk-space.js";
import { type Download, Downloader, type DownloaderOptions } from "../../src/assets/http/downloader.js";
import { AssetError } from "../../src/base/errors.js";
import { ImpatientClock } from "../fixtures/impatient-clock.js";
import {
  endless,
  file,
  inTurn,
  lying,
  MisbehavingServer,
  sendFile,
  silentAfter,
  status,
} from "../fixtures/misbehaving-server.js";
import { RecordingLogger } from "../fixtures/recording-logger.js";

const MODEL = randomBytes(3_000_000);
const OTHER = randomBytes(3_000_000);
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const SHA = { sha256: sha256(MODEL) };

describe("Downloader", () => {
  let server: MisbehavingServer;
  let dir: string;
  let path: string;
  let clock: ImpatientClock;
  let logger: RecordingLogger;
  const open: Downloader[] = [];

  beforeEach(async () => {
    server = await MisbehavingServer.start();
    dir = await mkdtemp(join(tmpdir(), "download-"));
    path = join(dir, "model.partial");
    clock = new ImpatientClock();
    logger = new RecordingLogger();
  });
  afterEach(async () => {
    for (const downloader of open.splice(0)) await downloader.close();
    await server.stop();
    await rm(dir, { recursive: true });
  });

  function downloader(options: Partial<DownloaderOptions> = {}): Downloader {
    const disk = new DiskSpace(dir, 0);
    const made = new Downloader({ clock, logger, disk, addresses: {}, random: () => 0.5, ...options });
    open.push(made);
    return made;
  }

  const fetch = (download: Download, options: Partial<DownloaderOptions> = {}, maxBytes?: number) =>
    downloader(options).download(download, path, () => undefined, new AbortController().signal, maxBytes);

  async function failure(work: Promise<unknown>): Promise<AssetError> {
    const error: unknown = await work.then(
      () => new Error("it succeeded"),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AssetError);
    return error as AssetError;
  }

  async function expectModel(bytes = MODEL): Promise<void> {
    expect(sha256(await readFile(path))).toBe(sha256(bytes));
  }

  it("fetches a file and tells its size and checksum", async () => {
    const seen: number[] = [];
    const url = server.on("/m", file(MODEL));
    const signal = new AbortController().signal;
    const done = await downloader().download({ url, ...SHA }, path, (bytes) => seen.push(bytes), signal);
    expect(done).toEqual({ path, bytes: MODEL.length, ...SHA });
    expect(seen.at(-1)).toBe(MODEL.length);
    await expectModel();
  });

  it("goes on where a line that drops every 300 kB broke off", async () => {
    const url = server.on("/m", file(MODEL, { dropAfter: 300_000 }));
    await fetch({ url, ...SHA });
    await expectModel();
    const [first, ...rest] = server.gets("/m");
    expect(first?.range).toBeUndefined();
    expect(rest.length).toBeGreaterThanOrEqual(9);
    expect(rest.every(({ range, ifRange }) => range !== "bytes=0-" && ifRange === '"v1"')).toBe(true);
  });

  it("begins again when a server answers a range with the whole file", async () => {
    const url = server.on(
      "/m",
      inTurn(file(MODEL, { dropAfter: 1_000_000 }), file(MODEL, { ignoreRange: true })),
    );
    await fetch({ url, ...SHA });
    await expectModel();
    expect(server.gets("/m")[1]?.range).toMatch(/^bytes=\d+-$/);
  });

  it("gives up after six tries on a line that never gets further", async () => {
    const url = server.on("/m", file(MODEL, { dropAfter: 500_000, ignoreRange: true }));
    expect((await failure(fetch({ url, ...SHA }))).code).toBe("download-failed");
    expect(server.gets("/m")).toHaveLength(6);
  });

  it("does not repeat what is not there", async () => {
    const error = await failure(fetch({ url: server.url("/nothing") }));
    expect(error.code).toBe("download-failed");
    expect(error.message).toContain("does not have it (status 404)");
    expect(server.gets("/nothing")).toHaveLength(1);
  });

  it("waits as long as a busy server asks", async () => {
    const url = server.on("/m", inTurn(status(429, { "retry-after": "7" }), file(MODEL)));
    await fetch({ url, ...SHA });
    await expectModel();
    expect(clock.waits).toEqual([7000]);
  });

  it("does not wait for hours", async () => {
    const url = server.on("/m", status(429, { "retry-after": "7200" }));
    const error = await failure(fetch({ url }));
    expect(error.message).toContain("asks to wait 120 min");
    expect(server.gets("/m")).toHaveLength(1);
  });

  it("backs off, longer each time, from a server in trouble", async () => {
    const url = server.on("/m", inTurn(status(503), status(502), status(500), file(MODEL)));
    await fetch({ url, ...SHA });
    await expectModel();
    expect(clock.waits).toEqual([500, 1000, 2000]);
  });

  it("gives up on a server that stays in trouble", async () => {
    const url = server.on("/m", status(503));
    expect((await failure(fetch({ url }))).code).toBe("download-failed");
    expect(server.gets("/m")).toHaveLength(6);
  });

  it("gives up sooner where nothing comes and the same can be had elsewhere, but not in the middle", async () => {
    const dead = server.on("/dead", status(503));
    expect((await failure(fetch({ url: dead, hasAlternative: true }))).code).toBe("download-failed");
    expect(server.gets("/dead")).toHaveLength(2);
    const busy = [status(503), status(503), status(503)];
    const url = server.on("/m", inTurn(file(MODEL, { dropAfter: 300_000 }), ...busy, file(MODEL)));
    await fetch({ url, ...SHA, hasAlternative: true });
    await expectModel();
  });

  it("hangs up on a server that falls silent, and goes on", async () => {
    const url = server.on("/m", inTurn(silentAfter(MODEL, 1_000_000), file(MODEL)));
    const fetched = fetch({ url, ...SHA });
    await clock.fire(60_000);
    await fetched;
    await expectModel();
    expect(logger.lines.join()).toContain("fell silent");
  });

  it("does not wait for ever for the first answer", async () => {
    const mute = () => void clock.fire(30_000);
    const url = server.on("/m", inTurn(mute, file(MODEL)));
    await fetch({ url, ...SHA });
    await expectModel();
    expect(logger.lines.join()).toContain("did not answer in time");
  });

  it("throws wrong bytes away", async () => {
    const url = server.on("/m", file(OTHER));
    const error = await failure(fetch({ url, ...SHA }));
    expect(error.code).toBe("asset-corrupt");
    expect(error.message).toContain(SHA.sha256);
    expect(existsSync(path)).toBe(false);
    expect(server.gets("/m")).toHaveLength(1);
  });

  it("begins again cleanly when the file changes midway, though nobody knows its checksum", async () => {
    const url = server.on("/m", inTurn(file(MODEL, { dropAfter: 1_000_000 }), file(OTHER, { etag: '"v2"' })));
    expect((await fetch({ url })).sha256).toBe(sha256(OTHER));
    await expectModel(OTHER);
  });

  it("does not glue two versions together when the server continues a changed file", async () => {
    const url = server.on(
      "/m",
      inTurn(file(MODEL, { dropAfter: 1_000_000 }), file(OTHER, { etag: '"v2"', ignoreIfRange: true })),
    );
    await fetch({ url });
    await expectModel(OTHER);
  });

  it("tells by the checksum when two versions were glued together all the same, and begins again", async () => {
    const url = server.on(
      "/m",
      inTurn(file(OTHER, { dropAfter: 1_000_000 }), file(MODEL, { ignoreIfRange: true }), file(MODEL)),
    );
    await fetch({ url, ...SHA });
    await expectModel();
    expect(logger.lines.join()).toContain("starting over");
  });

  it("begins again when a server forgot the file it was continuing", async () => {
    const url = server.on("/m", inTurn(file(MODEL, { dropAfter: 1_000_000 }), status(416), file(MODEL)));
    await fetch({ url, ...SHA });
    await expectModel();
  });

  it("does not continue a file whose version nobody can tell", async () => {
    const url = server.on(
      "/m",
      inTurn(file(MODEL, { dropAfter: 1_000_000, etag: "" }), file(OTHER, { etag: "" })),
    );
    await fetch({ url });
    await expectModel(OTHER);
    expect(server.gets("/m")[1]?.range).toBeUndefined();
  });

  it("follows a redirect, and not one that leads in circles", async () => {
    server.on("/loop", status(302, { location: "/loop" }));
    const url = server.on("/once", status(302, { location: server.on("/m", file(MODEL)) }));
    await fetch({ url, ...SHA });
    await expectModel();
    const error = await failure(fetch({ url: server.url("/loop") }));
    expect(error.message).toContain("redirects in circles");
    expect(server.gets("/loop")).toHaveLength(6);
  });

  it("does not let a redirect lead to an unencrypted address elsewhere", async () => {
    const url = server.on("/m", status(302, { location: "http://example.invalid/m" }));
    expect((await failure(fetch({ url }))).message).toContain("without encryption");
  });

  it("refuses plain http but to this machine, unless that is allowed", async () => {
    expect((await failure(fetch({ url: "http://example.invalid/m" }))).message).toContain(
      "without encryption",
    );
    expect((await failure(fetch({ url: "ftp://example.invalid/m" }))).message).toContain(
      "not an http(s) address",
    );
  });

  it("stops at the promised size of a body that never ends", async () => {
    const url = server.on("/m", endless);
    const error = await failure(fetch({ url, bytes: 1_000_000 }));
    expect(error.code).toBe("asset-corrupt");
    expect(existsSync(path)).toBe(false);
  });

  it("stops at the bound where no size is promised", async () => {
    const url = server.on("/m", endless);
    expect((await failure(fetch({ url }, {}, 2_000_000))).code).toBe("asset-corrupt");
    expect(existsSync(path)).toBe(false);
  });

  it("does not take a file for whole that is shorter than its Content-Length", async () => {
    const url = server.on("/m", lying(MODEL, MODEL.length + 1000));
    expect((await failure(fetch({ url }))).code).toBe("download-failed");
  });

  it("does not take a file for right that is longer than its Content-Length", async () => {
    const url = server.on("/m", lying(MODEL, 1_000_000));
    const error = await failure(fetch({ url, ...SHA }));
    expect(["asset-corrupt", "download-failed"]).toContain(error.code);
  });

  it("believes the catalog's size before the server's", async () => {
    const url = server.on("/m", file(OTHER.subarray(0, 1000)));
    const error = await failure(fetch({ url, bytes: MODEL.length }));
    expect(error.message).toContain("has 1000 bytes where the catalog says 3000000");
  });

  it("does not take a web page for a model", async () => {
    const page = Buffer.from("<html>Please log in</html>");
    const url = server.on("/m", file(page, { headers: { "content-type": "text/html; charset=utf-8" } }));
    const error = await failure(fetch({ url }));
    expect(error.message).toContain("sent a web page instead of the file");
  });

  it("continues after a restart of the program what an earlier run had fetched", async () => {
    const url = server.on("/m", file(MODEL, { dropAfter: 1_000_000, ignoreRange: true }));
    await failure(fetch({ url, ...SHA }));
    server.on("/m", file(MODEL));
    await fetch({ url, ...SHA });
    await expectModel();
    // How much of the first part arrived before the line broke is the kernel's affair.
    expect(server.gets("/m").at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it("does not build upon bytes that may not have reached the disk before a power cut", async () => {
    const url = server.on("/m", file(MODEL));
    await writeFile(path, MODEL.subarray(0, 2_000_000));
    const note = {
      url,
      validator: '"v1"',
      totalBytes: MODEL.length,
      syncedBytes: 500_000,
      bootId: "another",
    };
    await writeFile(`${path}.json`, JSON.stringify(note));
    await fetch({ url });
    await expectModel();
    expect(server.gets("/m")[0]?.range).toBe("bytes=500000-");
  });

  it("does not trust bytes whose note is damaged", async () => {
    const url = server.on("/m", file(MODEL));
    await writeFile(path, OTHER.subarray(0, 2_000_000));
    await writeFile(`${path}.json`, '{"url":');
    await fetch({ url });
    await expectModel();
  });

  it("checks the integrity npm registries publish, and MD5 sums", async () => {
    const url = server.on("/m", file(MODEL));
    const base64 = createHash("sha512").update(MODEL).digest("base64");
    const md5 = createHash("md5").update(MODEL).digest("hex");
    await fetch({ url, integrity: `sha1-AAAA sha512-${base64}`, md5 });
    await rm(path);
    expect((await failure(fetch({ url, integrity: `sha512-${base64.replace(/^./, "#")}` }))).code).toBe(
      "asset-corrupt",
    );
    expect((await failure(fetch({ url, integrity: "md5-AAAA" }))).code).toBe("asset-corrupt");
    expect((await failure(fetch({ url, md5: md5.replace(/./g, "0") }))).code).toBe("asset-corrupt");
  });

  it("stops when told to, keeping what it has", async () => {
    const stop = new AbortController();
    const url = server.on("/m", silentAfter(MODEL, 1_000_000));
    let stopped: Promise<unknown> = Promise.resolve();
    await new Promise<void>((resolve) => {
      const onBytes = (bytes: number) => bytes === 1_000_000 && resolve();
      stopped = downloader()
        .download({ url, ...SHA }, path, onBytes, stop.signal)
        .catch((error: unknown) => error);
    });
    stop.abort("enough");
    expect(await stopped).toBe("enough");
    server.on("/m", file(MODEL));
    await fetch({ url, ...SHA });
    await expectModel();
    expect(server.gets("/m").at(-1)?.range).toBe("bytes=1000000-");
  });

  it("fetches one file at a time", async () => {
    let open = 0;
    let most = 0;
    const behaviour = file(MODEL.subarray(0, 100_000));
    for (const name of ["/a", "/b", "/c"]) {
      server.on(name, (request, response, count) => {
        open += 1;
        most = Math.max(most, open);
        response.on("close", () => {
          open -= 1;
        });
        behaviour(request, response, count);
      });
    }
    const one = downloader();
    const signal = new AbortController().signal;
    const all = ["/a", "/b", "/c"].map((name) =>
      one.download({ url: server.url(name) }, join(dir, name), () => undefined, signal),
    );
    expect(await Promise.all(all)).toHaveLength(3);
    expect(most).toBe(1);
  });

  it("keeps under a cap on its speed", async () => {
    const url = server.on("/m", file(MODEL));
    await fetch({ url, ...SHA }, { bytesPerSecond: 100_000 });
    // 30 seconds' worth of bytes, of a clock that only moves by what is waited for.
    expect(clock.monotonicMs()).toBeGreaterThan(29_000);
  });

  it("asks a mirror in place of Hugging Face", async () => {
    server.on("/mirror/org/repo/resolve/main/m", file(MODEL));
    await fetch(
      { url: "https://huggingface.co/org/repo/resolve/main/m", ...SHA },
      { addresses: { huggingFace: `${server.url("/mirror")}/` } },
    );
    await expectModel();
  });

  it("goes through the proxy the environment names, but for hosts it excepts", async () => {
    const tunnels: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket, head) => {
      tunnels.push(request.url ?? "");
      const through = connect(server.port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        through.write(head);
        through.pipe(socket).pipe(through);
      });
      through.on("error", () => socket.destroy());
      socket.on("error", () => through.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const before = { ...process.env };
    process.env["http_proxy"] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    process.env["no_proxy"] = "127.0.0.1";
    try {
      server.on("/m", file(MODEL));
      await fetch({ url: server.url("/m"), ...SHA });
      expect(tunnels).toEqual([]);
      await rm(path);
      await fetch({ url: "http://models.invalid/m", ...SHA }, { addresses: { allowHttp: true } });
      expect(tunnels).toEqual(["models.invalid:80"]);
      await expectModel();
    } finally {
      process.env = before;
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  it("tells the size of a file, or nothing", async () => {
    const url = server.on("/m", (request, response) => sendFile(request, response, MODEL));
    const signal = new AbortController().signal;
    expect(await downloader().sizeOf(url, signal)).toBe(MODEL.length);
    expect(await downloader().sizeOf(server.url("/nothing"), signal)).toBeUndefined();
  });
});
