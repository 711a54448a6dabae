import type { Config } from "../config/schema.js";
import { AlsaBackend } from "../gateways/local-audio/alsa.js";
import type { AudioBackend } from "../gateways/local-audio/backend.js";
import { NaudiodonBackend } from "../gateways/local-audio/naudiodon.js";
import { PulseBackend } from "../gateways/local-audio/pulse.js";
import type { Surroundings } from "../gateways/local-audio/sound-process.js";

/** Ways to the sound hardware that may be tried, best first. */
export function audioBackends(
  { local_audio: { backend } }: Pick<Config, "local_audio">,
  surroundings: Surroundings,
): readonly AudioBackend[] {
  const all = [
    new NaudiodonBackend(surroundings),
    new PulseBackend(surroundings),
    new AlsaBackend(surroundings),
  ];
  return backend === "auto" ? all : all.filter(({ name }) => name === backend);
}
