/** What a user may ask of the models, from any gateway. Ids are catalog ids; unknown ones are `config-unknown-model`. */
export interface Controls {
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
}
