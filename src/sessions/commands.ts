import type { ModelManifest } from "../catalog/manifest.js";
import type { PhraseBookFile } from "../home/phrase-book.js";

/** Who listens for the commands of a home. */
export interface Commands {
  /** True where a model that decodes while people speak may do so beside the one that listens for commands. */
  readonly parallel: boolean;
  /** How it stands with commands in a language now; undefined where there are none. */
  offer(language: string): CommandOffer | undefined;
  /** What the home is called, most important first, for models that take hints. */
  names(language: string): readonly string[];
}

/** A model that is in memory with the sentences it listens for, or why there is none at present. */
export type CommandOffer =
  | { readonly ready: true; readonly model: ModelManifest; readonly phrases: PhraseBookFile }
  | { readonly ready: false; readonly why: string };
