import type { ModelManifest } from "../catalog/manifest.js";

/** Where a present model lies. */
export interface ModelFiles {
  readonly dir: string;
  /** Absolute path by role. */
  readonly paths: Readonly<Record<string, string>>;
}

/** Life of one model on disk. */
export type AssetState =
  | { readonly name: "missing" }
  | ({ readonly name: "downloading" } & TransferProgress)
  | { readonly name: "verifying"; readonly bytesTotal: number }
  | { readonly name: "extracting"; readonly bytesDone: number; readonly bytesTotal: number | undefined }
  | { readonly name: "present"; readonly bytes: number }
  | { readonly name: "corrupt"; readonly reason: string };

export interface TransferProgress {
  readonly bytesDone: number;
  /** Unknown until the source has told. */
  readonly bytesTotal: number | undefined;
  readonly bytesPerSecond: number;
  readonly etaSeconds: number | undefined;
}

/** The models on disk. A model is present only when every file is whole. */
export interface ModelStore {
  /** From memory; never touches disk or network. */
  state(id: string): AssetState;
  /** The model's files, when it is present. No network. */
  find(manifest: ModelManifest): Promise<ModelFiles | undefined>;
  /**
   * The model's files, downloaded first when missing. Callers for one model share one download.
   * @throws {AssetError} `asset-missing`, `asset-corrupt`, `disk-full`, `download-failed`, `offline`
   */
  obtain(manifest: ModelManifest, signal?: AbortSignal): Promise<ModelFiles>;
  /** Re-hashes a present model; the state becomes `corrupt` when it differs. */
  check(manifest: ModelManifest): Promise<AssetState>;
  remove(manifest: ModelManifest): Promise<void>;
  /** Called on every change of state, progress throttled by the store to about one a second. */
  onChange(listener: (id: string, state: AssetState) => void): () => void;
}
