import { damaged } from "../model-path.js";
import { type OnnxSession, openOnnxSession } from "../onnx/onnx-session.js";
import { RecentSteps } from "./recent-steps.js";
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
  /** Models that use them. */
  readonly users: { count: number };
}

/** Lends the two networks all wake words need, one pair for each set of files however many words are loaded. */
export class FeaturePool {
  readonly #entries = new Map<string, Entry>();

  /** @throws {EngineError} `engine-unavailable`, `engine-load-failed`, `engine-bad-graph` */
  async take(order: FeatureOrder): Promise<SharedFeatures> {
    const key = JSON.stringify(order);
    const entry = this.#entries.get(key) ?? newEntry(order);
    this.#entries.set(key, entry);
    entry.users.count += 1;
    let taken = true;
    const release = async () => {
      if (!taken) return;
      taken = false;
      entry.users.count -= 1;
      if (entry.users.count > 0) return;
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

function newEntry(order: FeatureOrder): Entry {
  const users = { count: 0 };
  // Streams of one model never hear the same: each is a listener of its own.
  return { users, opened: open(order, new RecentSteps(() => users.count > 1)) };
}

async function open({ melspectrogram, embedding, history, arena }: FeatureOrder, steps: RecentSteps) {
  // A step is a few milliseconds of work: waking a second thread costs more than it saves.
  const options = { threads: 1, arena };
  const opened: OnnxSession[] = [];
  try {
    const openOne = async (path: string) => {
      const session = await openOnnxSession(path, options);
      opened.push(session);
      return session;
    };
    const networks = {
      melspectrogram: await openOne(melspectrogram),
      embedding: await openOne(embedding),
    };
    return { networks, quiet: await inQuietRoom(networks, history, steps, melspectrogram) };
  } catch (error) {
    for (const session of opened) await session.release();
    throw error;
  }
}

/** Also the first use of the networks: those of another kind are refused now and not in the middle of a stream. */
async function inQuietRoom(
  networks: FeatureNetworks,
  history: number,
  steps: RecentSteps,
  path: string,
): Promise<SpeechFeatures> {
  try {
    return await SpeechFeatures.inQuietRoom(networks, history, steps);
  } catch (error) {
    throw damaged(path, "it and the embedding beside it are not those of openWakeWord", error);
  }
}

async function close({ melspectrogram, embedding }: FeatureNetworks): Promise<void> {
  await melspectrogram.release();
  await embedding.release();
}
