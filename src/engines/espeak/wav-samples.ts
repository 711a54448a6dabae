import { parseWavHeader } from "../../audio/wav-header.js";
import { EngineError } from "../../base/errors.js";

/** A stretch of mono samples in [-1, 1]. */
export interface WavPiece {
  readonly rateHz: number;
  readonly samples: Float32Array;
}

/**
 * The samples of a WAV stream of 16-bit mono, as they arrive.
 * @throws {EngineError} `engine-failed` when it is anything else
 */
export async function* wavSamples(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<WavPiece> {
  let rateHz: number | undefined;
  let held: Uint8Array = new Uint8Array(0);
  for await (const chunk of bytes) {
    held = Buffer.concat([held, chunk]);
    if (rateHz === undefined) {
      const header = parseWavHeader(held);
      if (!header) continue;
      const { format, encoding, dataOffset } = header;
      if (encoding !== "int" || format.widthBytes !== 2 || format.channels !== 1) {
        throw new EngineError("engine-failed", "The speech program writes another format than 16-bit mono.");
      }
      rateHz = format.rateHz;
      held = held.subarray(dataOffset);
    }
    const whole = held.length - (held.length % 2);
    if (whole > 0) yield { rateHz, samples: floatsOf(held.subarray(0, whole)) };
    held = held.subarray(whole);
  }
}

function floatsOf(pcm: Uint8Array): Float32Array {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return Float32Array.from({ length: pcm.length / 2 }, (_, index) => view.getInt16(2 * index, true) / 32_768);
}
