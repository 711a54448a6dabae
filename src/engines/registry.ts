import type { ProviderDescriptor } from "./capability.js";
import { espeak } from "./espeak/espeak.js";
import { moonshine } from "./moonshine/moonshine.js";
import { openwakeword } from "./openwakeword/openwakeword.js";
import { piper } from "./piper/piper.js";
import { sherpa } from "./sherpa-models/sherpa.js";
import { sileroV3, sileroV4 } from "./silero/silero.js";
import { sileroVad } from "./silero-vad/silero-vad.js";
import { vosk } from "./vosk/vosk.js";
import { voskTts } from "./vosk-tts/vosk-tts.js";
import { whisper } from "./whisper/whisper.js";

/** Every provider of this build. Descriptors are cheap: nothing native is imported before `load`. */
export const PROVIDERS: readonly ProviderDescriptor[] = [
  moonshine,
  whisper,
  vosk,
  sherpa,
  piper,
  sileroV3,
  sileroV4,
  voskTts,
  espeak,
  sileroVad,
  openwakeword,
];

const BY_NAME = new Map(PROVIDERS.map((provider) => [provider.name, provider]));

/** The provider of that name, as configurations and manifests write it. */
export function findProvider(name: string): ProviderDescriptor | undefined {
  return BY_NAME.get(name);
}
