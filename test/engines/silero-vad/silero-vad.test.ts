import { mishapContract } from "../../contracts/mishaps.js";
import { voiceDetectionContract } from "../../contracts/voice-detection.js";
import { sileroModel } from "../../fixtures/npm-models.js";
import { hasShared, recording, whisperTiny } from "../../fixtures/shared-speech.js";
import { loadSpec } from "../../fixtures/workers.js";

const paths = hasShared ? await sileroModel() : undefined;

const subject = {
  name: "silero_vad",
  spec: paths && loadSpec({ provider: "silero_vad", model: "silero_vad/v5", paths }),
  needs: "the npm registry and the shared folder with recordings",
};

voiceDetectionContract({ ...subject, speech: () => recording("en/jfk.wav") });

mishapContract({
  ...subject,
  onnxRoles: ["model"],
  otherOnnx: whisperTiny?.["encoder"],
  work: (worker, model) => worker.openVoiceDetector(model),
});
