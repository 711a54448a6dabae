import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findProvider } from "../../src/engines/registry.js";
import { wordErrors } from "../../src/text/word-error.js";
import { modelFolders } from "../fixtures/model-folders.js";
import { Program } from "../fixtures/program.js";
import { hasShared, SHARED } from "../fixtures/shared-speech.js";
import { WyomingClient } from "../fixtures/wyoming-client.js";
import { describeServer, pcmOf, transcribeWav } from "../fixtures/wyoming-tasks.js";

const hasVosk = (await findProvider("vosk")?.available())?.ok === true;
const folders = hasShared && hasVosk ? await modelFolders() : undefined;
const MISSING = !hasShared
  ? " [skipped: the shared recordings are absent]"
  : !hasVosk
    ? " [skipped: libvosk is not installed]"
    : folders
      ? ""
      : " [skipped: the npm registry is not reached]";
const VOSK = "vosk/en_small";
const FORMAT = {
  rate: 16_000,
  width: 2,
  channels: 1,
};

const clip = (name: string) => readFileSync(join(SHARED, "speech/en", `${name}.wav`));
let program: Program | undefined;
afterEach(() => program?.dispose());

async function serve(stt: string): Promise<number> {
  program = await Program.serve({
    flags: ["--stt", stt, "--tts", "espeak"],
    env: {
      IRENE_MODELS__FOLDERS: `${folders},${VOSK}=${join(SHARED, "models/vosk-en")}`,
      IRENE_MODELS__OFFLINE: "true",
      IRENE_MQTT__ENABLED: "false",
      IRENE_RACING__PATIENCE_SECONDS: "15",
      IRENE_LOG__LEVEL: "debug",
    },
  });
  await program.line(/Warm-up done/);
  return program.port("wyoming");
}

describe.skipIf(!folders)(`Vosk over Wyoming${MISSING}`, () => {
  it("sends text while people still speak, and in the end the whole of it", async () => {
    const port = await serve(VOSK);
    const [asr] = (await describeServer(port))["asr"] as [{ supports_transcript_streaming: boolean }];
    expect(asr.supports_transcript_streaming).toBe(true);
    await WyomingClient.with(port, async (client) => {
      const { format, pcm } = pcmOf(clip("jfk"));
      client.send("transcribe", { language: "en" });
      await client.sendAudio(format, pcm, { stop: false });
      // The pause behind the words makes them final.
      await client.sendAudio(FORMAT, Buffer.alloc(4 * 32_000), { start: false, stop: false });
      const started = await client.expect("transcript-start");
      const early = await client.expect("transcript-chunk");
      expect(started.data).toEqual({ language: "en" });
      expect(String(early.data["text"])).toMatch(/^and so my fellow/);
      await client.sendAudio(FORMAT, Buffer.alloc(32_000), { start: false });
      const rest = await client.untilClosed();
      expect(rest.map(({ type }) => type).filter((type) => type !== "transcript-chunk")).toEqual([
        "transcript",
        "transcript-stop",
      ]);
      const chunks = [early, ...rest.filter(({ type }) => type === "transcript-chunk")];
      const text = rest.find(({ type }) => type === "transcript")?.data["text"];
      expect(chunks.map(({ data }) => data["text"]).join("")).toBe(text);
      expect(text).toMatch(/what you can do for your country$/);
    });
  });
});

describe.skipIf(!folders)(`two engines that race over Wyoming${MISSING}`, () => {
  it("both hear each utterance, and the better-ranked answer is given", async () => {
    const port = await serve(`moonshine/base-en,${VOSK}`);
    for (const [name, said] of [
      ["lock-the-front-door", "lock the front door"],
      ["what-time-is-it", "what time is it"],
    ] as const) {
      const { text } = await transcribeWav(port, clip(name));
      expect([text, wordErrors(said, text, "en").rate <= 1 / 3]).toEqual([text, true]);
    }
    const { requests, models } = (await program?.status()) ?? {};
    expect(requests?.failed).toBe(0);
    for (const { model, stages } of requests?.recent ?? []) {
      expect(model).toBe("moonshine/base-en");
      // The slower one may be stopped before it decodes.
      expect(stages.filter(({ name }) => name === "waiting for model")).toHaveLength(2);
    }
    const ready = models?.filter(({ capability, state }) => capability === "stt" && state === "ready");
    expect(ready?.map(({ id }) => id).sort()).toEqual(["moonshine/base-en", VOSK]);
  });

  it("have the other one answer when the best does not in time", async () => {
    const port = await serve(`moonshine/base-en,${VOSK}`);
    const pids = program?.workers() ?? [];
    const best = pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("moonshine"));
    // Held still it cannot answer, and patience runs out.
    if (best === undefined) throw new Error("no worker holds moonshine/base-en");
    process.kill(best, "SIGSTOP");
    const { text } = await transcribeWav(port, clip("jfk"));
    process.kill(best, "SIGCONT");
    expect(text).toMatch(/country$/);
    const { requests } = (await program?.status()) ?? {};
    expect(requests?.recent.find(({ kind }) => kind === "transcribe")?.model).toBe(VOSK);
  });
});
