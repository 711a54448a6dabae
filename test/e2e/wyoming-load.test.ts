import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wordErrors } from "../../src/text/word-error.js";
import { Program } from "../fixtures/program.js";
import { hasShared, SHARED } from "../fixtures/shared-speech.js";
import { WyomingClient } from "../fixtures/wyoming-client.js";
import { describeServer, pcmOf, transcribeWav } from "../fixtures/wyoming-tasks.js";

const NEEDS = hasShared ? "" : " [skipped: the shared recordings are absent]";

/** Real commands, and what was said in them. */
const CLIPS = [
  ["lock-the-front-door", "lock the front door"],
  ["what-time-is-it", "what time is it"],
  ["turn-on-the-living-room-lamp", "turn on the living room lamp"],
  ["set-a-timer-for-30-seconds", "set a timer for 30 seconds"],
] as const;
type Clip = (typeof CLIPS)[number][0];

const MODEL = "moonshine/base-en";
const PARALLEL = 4;
const CROWD = 50;
const OTHERS = 10;
const GREEDY = "127.0.0.1";
/** Lines of requests that have reached a stage. */
const QUEUED = /DEBUG: queued/;
const DECODE = /DEBUG: decode/;
/** Fifty utterances on a busy machine, one after the other. */
const PATIENCE_MS = 500_000;

const clip = (name: Clip): Buffer => readFileSync(join(SHARED, "speech/en", `${name}.wav`));

describe.skipIf(!hasShared)(`fifty Wyoming connections at once${NEEDS}`, () => {
  const alone = new Map<Clip, string>();
  let program: Program;
  let port: number;

  beforeAll(async () => {
    program = await Program.serve({
      flags: ["--stt", MODEL, "--tts", "espeak"],
      env: {
        IRENE_PRELOAD: "false",
        IRENE_MQTT__ENABLED: "false",
        IRENE_MAX_PARALLEL: String(PARALLEL),
        IRENE_MAX_WAITING: String(CROWD - PARALLEL),
        IRENE_REQUEST_DEADLINE_SECONDS: "600",
        // What is heard must not depend on how busy the machine is.
        IRENE_AUDIO__TRIM_SILENCE: "false",
        IRENE_LOG__LEVEL: "debug",
      },
    });
    port = await program.port("wyoming");
    for (const [name, said] of CLIPS) {
      const { text } = await transcribeWav(port, clip(name));
      expect([text, wordErrors(said, text, "en").rate <= 1 / 3]).toEqual([text, true]);
      alone.set(name, text);
    }
  });
  afterAll(() => program.dispose());

  it(
    "decodes four, has the others wait in turn, refuses one more as busy, and answers all fifty right",
    async () => {
      const loris = await WyomingClient.connect(port);
      loris.sendRaw('{"type": "transcribe", "version": "1.9.0", "data_len');
      const deaf = await WyomingClient.connect(port);
      deaf.pause();
      deaf.send("synthesize", { text: "This is a sentence that nobody listens to. ".repeat(200) });
      for (let n = 0; n < 500; n += 1) deaf.send("describe");

      const queued = count(program, QUEUED);
      const decoding = count(program, DECODE);
      const worker = workerOf(program);
      // Held still, so that nobody is answered before all have asked.
      process.kill(worker, "SIGSTOP");
      const answered: string[] = [];
      const ask = async (n: number, peer: string): Promise<void> => {
        const [name] = CLIPS[n % CLIPS.length] ?? CLIPS[0];
        const text = await heard(port, clip(name), peer);
        answered.push(peer);
        expect(text).toBe(alone.get(name));
      };
      // A greedy peer comes first with forty requests; ten others have one each.
      const greedy = Array.from({ length: CROWD - OTHERS }, (_, n) => ask(n, GREEDY));
      await program.lines(QUEUED, queued + CROWD - OTHERS);
      const others = Array.from({ length: OTHERS }, (_, n) => ask(n, `127.0.0.${n + 10}`));
      await program.lines(QUEUED, queued + CROWD);

      expect(count(program, DECODE) - decoding).toBe(PARALLEL);
      await expect(transcribeWav(port, clip("what-time-is-it"))).rejects.toThrow(/busy/);
      expect(await describeServer(port)).toHaveProperty("asr");

      process.kill(worker, "SIGCONT");
      await Promise.all([...greedy, ...others]);
      // Whoever had their turn already stands behind those who had not.
      const last = answered.findLastIndex((peer) => peer !== GREEDY);
      expect(last).toBeLessThan(OTHERS + 3 * PARALLEL);
      expect(answered).toHaveLength(CROWD);
      expect(count(program, DECODE) - decoding).toBe(CROWD);

      // Whoever never finishes an event is told so and sent away.
      const [told] = await loris.untilClosed();
      expect(told?.type).toBe("error");
      deaf.destroy();
      expect((await transcribeWav(port, clip("what-time-is-it"))).text).toBe(alone.get("what-time-is-it"));
      expect(workerOf(program)).toBe(worker);
    },
    PATIENCE_MS,
  );
});

/** The text of a recording, for a peer at one of this machine's addresses. */
async function heard(port: number, wav: Buffer, peer: string): Promise<string> {
  const options = { localAddress: peer, patienceMs: PATIENCE_MS };
  const client = await WyomingClient.connect(port, "127.0.0.1", options);
  try {
    const { format, pcm } = pcmOf(wav);
    client.send("transcribe", {});
    await client.sendAudio(format, pcm);
    return String((await client.until("transcript")).at(-1)?.data["text"]);
  } finally {
    client.destroy();
  }
}

const count = (program: Program, pattern: RegExp): number =>
  program.log.filter((line) => pattern.test(line)).length;

/** The process that holds the model. */
function workerOf(program: Program): number {
  const found = program.workers().find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(MODEL));
  if (found === undefined) throw new Error(`no worker holds ${MODEL}`);
  return found;
}
