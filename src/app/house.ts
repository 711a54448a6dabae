import type { Capability } from "../catalog/manifest.js";
import type { Garbage, ModelChoice, ModelInUse } from "../sessions/controls.js";
import type { Foresight } from "../sessions/foresight.js";
import type { HomeTest, HomeView } from "../sessions/home.js";
import type { Snapshot } from "../sessions/snapshot.js";
import type { TranscribeResult } from "../sessions/voice.js";

/** What commands can do, with a running server or without one. Models are named as people name them. */
export interface House {
  /** Whether a running server answers, or a house made for this one command. */
  readonly kind: "server" | "own";
  status(): Promise<Snapshot>;
  /** Calls back with every new snapshot. Resolves when the signal aborts or the server has ended. */
  watch(onSnapshot: (snapshot: Snapshot) => void, signal: AbortSignal): Promise<void>;
  /** The catalog id of a model or of a provider's best model. @throws `config-unknown-model` */
  find(name: string, capability?: Capability): Promise<string>;
  transcribe(wav: Uint8Array, options: { model?: string; language?: string }): Promise<TranscribeResult>;
  /** @returns a WAV file */
  say(text: string, options: { voice?: string; language?: string; speaker?: string }): Promise<Uint8Array>;
  pull(model: string): Promise<void>;
  remove(model: string): Promise<void>;
  /** @returns what is wrong, or undefined when the model is whole on disk */
  check(model: string): Promise<string | undefined>;
  warmUp(model: string): Promise<void>;
  unload(model: string): Promise<void>;
  /** Changes which model answers, for good. Needs a running server. */
  use(choice: ModelChoice): Promise<ModelInUse>;
  collectGarbage(remove: boolean): Promise<readonly Garbage[]>;
  plan(): Promise<Foresight>;
  /** What the home is called, and who listens for its commands. */
  home(): Promise<HomeView>;
  /** What a sentence would be taken for. @throws `no-model` where there are no commands */
  testSentence(sentence: string, language?: string): Promise<HomeTest>;
  /** Has commands listened for from now on, where they can be. A server sees to that itself. */
  listen(language?: string): Promise<void>;
  /** Ends what was started for the command. */
  close(): Promise<void>;
}
