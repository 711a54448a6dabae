import { mishapContract } from "../../contracts/mishaps.js";
import { speechToTextContract } from "../../contracts/speech-to-text.js";
import { moonshineModel, sileroModel } from "../../fixtures/npm-models.js";
import { hasShared, recording } from "../../fixtures/shared-speech.js";
import { loadSpec } from "../../fixtures/workers.js";

const paths = hasShared ? await moonshineModel("base") : undefined;

const subject = {
  name: "moonshine (base)",
  spec: paths && loadSpec({ provider: "moonshine", model: "moonshine/base-en", paths, threads: 2 }),
  needs: "the npm registry and the shared folder with recordings",
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
