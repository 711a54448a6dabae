import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Program } from "../fixtures/program.js";
import { WyomingClient } from "../fixtures/wyoming-client.js";
import { soundOf } from "../fixtures/wyoming-tasks.js";

const SENTENCES = [
  "The washing machine in the basement has finished its programme.",
  "Somebody has left the window of the bedroom open since this morning.",
  "It will rain in about twenty minutes.",
  "The lights in the living room are still on.",
  "Would you like me to turn them off now?",
] as const;

/** How often an engine was asked for a sentence. */
const SYNTHESIS = /DEBUG: synthesis/;

describe("a text of five sentences that arrives in pieces", () => {
  let program: Program;
  let port: number;

  beforeAll(async () => {
    program = await Program.serve({
      flags: ["--tts", "espeak"],
      env: {
        IRENE_PRELOAD: "false",
        IRENE_MQTT__ENABLED: "false",
        IRENE_HTTP__ENABLED: "false",
        IRENE_LOG__LEVEL: "debug",
      },
    });
    port = await program.port("wyoming");
  });
  afterAll(() => program.dispose());

  it("sounds while the second sentence is still being written, and is spoken to its end", async () => {
    const [first, second, ...others] = SENTENCES;
    await WyomingClient.with(port, async (client) => {
      client.send("synthesize-start", {});
      client.send("synthesize-chunk", { text: `${first} ${second.slice(0, 20)}` });
      const early = await client.until("audio-chunk");
      expect(early.map(({ type }) => type)).toEqual(["audio-start", "audio-chunk"]);
      // The rest of the text has not been sent: no engine can have been asked for it.
      expect(program.log.filter((line) => SYNTHESIS.test(line))).toHaveLength(1);

      client.send("synthesize-chunk", { text: second.slice(20) });
      for (const sentence of others) client.send("synthesize-chunk", { text: ` ${sentence}` });
      client.send("synthesize", { text: SENTENCES.join(" ") });
      client.send("synthesize-stop");
      const rest = await client.until("synthesize-stopped");
      const { format, pcm } = soundOf([...early, ...rest]);
      // Nobody says five sentences in less than five seconds.
      expect(pcm.length).toBeGreaterThan(5 * format.rate * format.width);
      expect(program.log.filter((line) => SYNTHESIS.test(line))).toHaveLength(SENTENCES.length);
    });
  });
});
