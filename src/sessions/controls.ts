import type { Capability } from "../catalog/manifest.js";
import type { Foresight } from "./foresight.js";

/** What a user may ask of the models, from any gateway. Ids are catalog ids; unknown ones are `config-unknown-model`. */
export interface Controls {
  /**
   * The catalog id of what a person calls a model: its id, an alias, either without the provider, or a provider, which
   * means the model it would answer with.
   * @throws {ConfigError} `config-unknown-model`
   */
  find(name: string, capability?: Capability): string;
  /** Downloads a model; resolves when it is whole on disk. @throws {AssetError} */
  pull(model: string, signal?: AbortSignal): Promise<void>;
  /** Deletes a model's files; it is unloaded first. */
  remove(model: string): Promise<void>;
  /** Re-hashes a present model. @returns what is wrong, or undefined when it is whole */
  check(model: string): Promise<string | undefined>;
  /** Downloads, loads and warms a model now. @throws what stood in the way */
  warmUp(model: string): Promise<void>;
  unload(model: string): Promise<void>;
  /** Clears a failed model's back-off and tries again. */
  retry(model: string): Promise<void>;
  pin(model: string, pinned: boolean): void;
  /**
   * Changes which model answers, from now on and after restarts. Resolves once the new one does; requests go on
   * meanwhile. @throws why it cannot be chosen, or what kept it from getting ready; the former one goes on then
   */
  use(choice: ModelChoice): Promise<ModelInUse>;
  /**
   * Files in the models folder that serve no model of the catalog.
   * @param remove false only tells what there is
   */
  collectGarbage(remove: boolean): Promise<readonly Garbage[]>;
  /** What the next start would load, and why. */
  plan(): Promise<Foresight>;
}

/** Who is to answer for a capability. */
export interface ModelChoice {
  readonly capability: Capability;
  /** Absent means the house's own. */
  readonly language?: string;
  /** As people call it; undefined leaves the choice to the configuration again. */
  readonly model: string | undefined;
}

/** Who answers for a capability, by catalog id. */
export interface ModelInUse {
  readonly capability: Capability;
  readonly language: string;
  /** Absent when nobody can. */
  readonly model: string | undefined;
  /** Who answered before. */
  readonly former: string | undefined;
}

/** A file or folder nobody needs. */
export interface Garbage {
  /** Inside the models folder. */
  readonly path: string;
  readonly bytes: number;
  /** In plain words. */
  readonly why: string;
}
