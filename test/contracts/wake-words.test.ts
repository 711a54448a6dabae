import { noise } from "../fixtures/shared-speech.js";
import { fixtureProgram, loadSpec } from "../fixtures/workers.js";
import { wakeContract } from "./wake-words.js";

/** A bell that is struck once is the simplest wake word. */
function ding(): Float32Array {
  const strike = noise(8000, 0.01);
  strike[4000] = 0.875;
  return strike;
}

wakeContract({
  name: "a bell",
  spec: loadSpec({ provider: "bell" }),
  needs: "nothing",
  program: fixtureProgram("worker-trouble.ts"),
  word: "ding",
  spoken: ding,
  otherSpeech: () => noise(48_000, 0.3),
});
