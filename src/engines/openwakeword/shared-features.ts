import { openOnnxSession } from "../onnx/onnx-session.js";
import { type FeatureNetworks, SpeechFeatures } from "./speech-features.js";

/** One pair of feature networks in use by some models of this process. */
export interface SharedFeatures {
  /** A stream that has heard a quiet room; clone it. */
  readonly quiet: SpeechFeatures;
  /** Idempotent; the last one frees the networks. */
  release(): Promise<void>;
}

export interface FeatureOrder {
  readonly melspectrogram: string;
  readonly embedding: string;
  readonly history: number;
  readonly arena: boolean;
}

interface Entry {
  readonly opened: Promise<{ readonly networks: FeatureNetworks; readonly quiet: SpeechFeatures }>;
  users: number;
}

/** Lends the two networks all wake words need, one pair for each set of files however many words are loaded. */
export class FeaturePool {
  readonly #entries = new Map<string, Entry>();

  /** @throws {EngineError} `engine-unavailable`, `engine-load-failed`, `engine-bad-graph` */
  async take(order: FeatureOrder): Promise<SharedFeatures> {
    const key = JSON.stringify(order);
    const entry = this.#entries.get(key) ?? { opened: open(order), users: 0 };
    this.#entries.set(key, entry);
    entry.users += 1;
    let taken = true;
    const release = async () => {
      if (!taken) return;
      taken = false;
      entry.users -= 1;
      if (entry.users > 0) return;
      this.#entries.delete(key);
      const { networks } = await entry.opened;
      await close(networks);
    };
    try {
      return { quiet: (await entry.opened).quiet, release };
    } catch (error) {
      // What never opened needs no closing, but must not be lent again.
      taken = false;
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }
}

async function open({ melspectrogram, embedding, history, arena }: FeatureOrder) {
  // A step is a few milliseconds of work: waking a second thread costs more than it saves.
  const options = { threads: 1, arena };
  const mel = await openOnnxSession(melspectrogram, options);
  const networks = {
    melspectrogram: mel,
    embedding: await orClose(openOnnxSession(embedding, options), mel),
  };
  return {
    networks,
    quiet: await orClose(SpeechFeatures.inQuietRoom(networks, history), mel, networks.embedding),
  };
}

async function close({ melspectrogram, embedding }: FeatureNetworks): Promise<void> {
  await melspectrogram.release();
  await embedding.release();
}

/** The result, or the sessions released and the error. */
async function orClose<T>(
  work: Promise<T>,
  ...sessions: readonly { release(): Promise<void> }[]
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    for (const session of sessions) await session.release();
    throw error;
  }
}
