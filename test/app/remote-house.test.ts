import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { RemoteHouse } from "../../src/app/remote-house.js";
import { writeWav } from "../../src/audio/wav.js";
import { AssetError } from "../../src/base/errors.js";
import type { Snapshot } from "../../src/sessions/snapshot.js";
import { aForesight } from "../fixtures/foresight.js";
import { httpHouse } from "../fixtures/http-house.js";

async function house() {
  const server = await httpHouse();
  const remote = new RemoteHouse(`${server.url}/`);
  onTestFinished(() => remote.close());
  return { ...server, remote };
}

describe("a house behind a server", () => {
  it("answers as the server does", async () => {
    const { remote, controls, snapshots } = await house();
    expect((await remote.status()).installId).toBe(snapshots.current().installId);
    expect(await remote.find("tiny", "stt")).toBe("whisper/tiny");
    await remote.pull("whisper/tiny");
    await remote.warmUp("tiny");
    await remote.unload("whisper/tiny");
    await remote.remove("whisper/tiny");
    expect(await remote.check("whisper/tiny")).toBeUndefined();
    controls.wrong = "It is damaged.";
    expect(await remote.check("whisper/tiny")).toBe("It is damaged.");
    expect(await remote.collectGarbage(false)).toEqual(controls.garbage);
    expect(await remote.collectGarbage(true)).toEqual(controls.garbage);
    expect(await remote.plan()).toEqual(aForesight());
    expect(controls.done).toEqual([
      "pull whisper/tiny",
      "warm-up whisper/tiny",
      "unload whisper/tiny",
      "remove whisper/tiny",
      "check whisper/tiny",
      "check whisper/tiny",
      "list garbage",
      "remove garbage",
      "plan",
    ]);
  });

  it("hears and speaks there", async () => {
    const { remote } = await house();
    const wav = writeWav({ rateHz: 16_000, widthBytes: 2, channels: 1 }, new Uint8Array(320));
    expect(await remote.transcribe(wav, { language: "de" })).toMatchObject({ language: "de" });
    expect(
      Buffer.from(await remote.say("Hallo", { voice: "espeak" }))
        .subarray(0, 4)
        .toString(),
    ).toBe("RIFF");
  });

  it("passes on what the server says went wrong", async () => {
    const { remote, controls } = await house();
    controls.fail = new AssetError("disk-full", "No room.");
    await expect(remote.pull("whisper/tiny")).rejects.toMatchObject({
      code: "disk-full",
      message: "No room.",
    });
    await expect(remote.find("nope")).rejects.toMatchObject({ code: "config-unknown-model" });
  });

  it("says so when the server is gone", async () => {
    const { remote, server } = await house();
    await server.close();
    await expect(remote.status()).rejects.toMatchObject({
      code: "server-gone",
      message: expect.stringMatching(/does not answer any more/),
    });
  });

  it("says so when something else answers", async () => {
    const other = createServer((_, response) => response.writeHead(502).end("<html>")).listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const remote = new RemoteHouse(`http://127.0.0.1:${port}`);
    await expect(remote.status()).rejects.toMatchObject({ message: "The server answered 502." });
    await remote.close();
  });
});

describe("watching a server", () => {
  it("hears of every change until told to stop", async () => {
    const { remote, snapshots } = await house();
    const stop = new AbortController();
    const seen: Snapshot["phase"][] = [];
    await remote.watch(({ phase }) => {
      seen.push(phase);
      if (seen.length === 1) snapshots.change({ phase: "degraded" });
      else stop.abort();
    }, stop.signal);
    expect(seen).toEqual(["ready", "degraded"]);
  });

  it("ends quietly when the server does", async () => {
    const { remote, server } = await house();
    await remote.watch(() => void server.close(), new AbortController().signal);
  });

  it("does not begin when told to stop before", async () => {
    const { remote } = await house();
    await remote.watch(() => expect.unreachable(), AbortSignal.abort());
  });

  it("fails when there is no server from the start", async () => {
    const { remote, server } = await house();
    await server.close();
    const watching = remote.watch(() => undefined, new AbortController().signal);
    await expect(watching).rejects.toMatchObject({ code: "server-gone" });
  });
});
