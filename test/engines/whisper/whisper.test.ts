import { mishapContract } from "../../contracts/mishaps.js";
import { speechToTextContract } from "../../contracts/speech-to-text.js";
import { sileroModel } from "../../fixtures/npm-models.js";
import { hasShared, recording, whisperTiny } from "../../fixtures/shared-speech.js";
import { loadSpec } from "../../fixtures/workers.js";

const subject = {
  name: "whisper (tiny)",
  spec:
    whisperTiny && hasShared
      ? loadSpec({ provider: "whisper", model: "whisper/tiny", paths: whisperTiny, threads: 2, arena: false })
      : undefined,
  needs: "the shared folder with models and recordings",
};

speechToTextContract({
  ...subject,
  language: "en",
  speech: () => recording("en/jfk.wav"),
  hears: ["americans", "fellow", "country"],
  otherSpeech: () => recording("en/what-time-is-it.wav"),
  otherHears: ["what", "time", "is", "it"],
});

mishapContract({
  ...subject,
  onnxRoles: ["encoder", "decoder"],
  otherOnnx: (await sileroModel())?.["model"],
  work: async (worker, model) => {
    const speech = await worker.openSpeech(model, {});
    return speech.finish();
  },
});
