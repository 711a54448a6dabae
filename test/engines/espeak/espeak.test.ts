import { describe, expect, it } from "vitest";
import { findEspeak } from "../../../src/engines/espeak/espeak-program.js";
import { textToSpeechContract } from "../../contracts/text-to-speech.js";
import { loadSpec, PRODUCT, startWorker } from "../../fixtures/workers.js";

const program = await findEspeak();

const spec = loadSpec({ provider: "espeak", model: "espeak/espeak-ng" });

textToSpeechContract({
  name: "espeak",
  spec: program ? spec : undefined,
  needs: "espeak-ng on this machine",
  language: "en",
  sentence: "The light in the kitchen is on.",
});

describe.skipIf(!program)("espeak", () => {
  it("says how to get it where it is not installed", async () => {
    const worker = startWorker({
      program: { ...PRODUCT, env: { ...PRODUCT.env, PATH: "/nonexistent" } },
    });
    await expect(worker.load(spec, 60_000)).rejects.toMatchObject({
      code: "engine-unavailable",
      message: /apt install espeak-ng/,
    });
    await worker.stop();
  });
});
