import { encodePcm16, type PcmFormat } from "../audio/pcm.js";
import { Resampler } from "../audio/resample.js";
import { SessionError } from "../base/errors.js";
import type { SpeechRequest } from "../engines/capability.js";
import type { Lease } from "../residency/lease.js";

/** How a leased voice sounds: 16-bit mono, at its own rate unless another is asked for. @throws {SessionError} `no-model` */
export function soundFormat({ model, loaded }: Lease, rateHz: number | undefined): PcmFormat {
  if (loaded.capability !== "tts") throw new SessionError("no-model", `${model} does not speak.`);
  return { rateHz: rateHz ?? loaded.rateHz, widthBytes: 2, channels: 1 };
}

/**
 * 16-bit little-endian mono in pieces as the engine makes them; nothing for an empty text.
 * Ends early, without an error, when the signal aborts.
 * @throws {SessionError} `no-model`; {EngineError} {WorkerError}
 */
export async function* soundOf(
  { model, loaded, worker }: Lease,
  request: SpeechRequest,
  rateHz: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (loaded.capability !== "tts") throw new SessionError("no-model", `${model} does not speak.`);
  if (request.text.trim() === "") return;
  const resampler = new Resampler(loaded.rateHz, rateHz);
  for await (const samples of worker.synthesize(model, request, signal)) {
    const out = resampler.push(samples);
    if (out.length > 0) yield encodePcm16(out);
  }
  const tail = resampler.flush();
  if (tail.length > 0) yield encodePcm16(tail);
}
