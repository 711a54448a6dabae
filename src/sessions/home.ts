import type { UnknownWord } from "../engines/capability.js";
import type { NameKind } from "../home/names.js";

/** What the home is called and which commands follow from it, to look at. */
export interface HomeInsight {
  show(): HomeView;
  /**
   * What a sentence would be taken for if a model heard exactly these words.
   * @param language absent means the configured one
   * @throws {SessionError} `no-model` in a language without sentences
   */
  test(sentence: string, language?: string): Promise<HomeTest>;
}

export interface HomeView {
  /** Why there are no commands at all; absent where there are. */
  readonly off?: string;
  /** Where names come from. */
  readonly sources: readonly HomeSource[];
  readonly languages: readonly HomeLanguage[];
}

/** What there is to see where nobody listens for commands. */
export const NO_COMMANDS: HomeView = {
  off: "Commands are off: home.commands is false, or stt names who writes down everything.",
  sources: [],
  languages: [],
};

export interface HomeSource {
  /** `Home Assistant` or the path of a file. */
  readonly name: string;
  /** Why its names may be old, in one sentence. */
  readonly problem?: string;
}

export interface HomeLanguage {
  readonly language: string;
  readonly names: readonly HomeName[];
  /** Distinct sentences there are; absent before they are made. */
  readonly phrases?: number;
  /** Mistakes in sentence templates, and what was left out; sentences for the user. */
  readonly problems: readonly string[];
  /** Catalog id of the model that listens, or is to. */
  readonly model?: string;
  readonly ready: boolean;
  /** Why nobody listens for commands now. */
  readonly why?: string;
  /** Words the model does not know; known once it has looked. */
  readonly unknownWords: readonly UnknownWord[];
}

export interface HomeName {
  readonly kind: NameKind;
  readonly name: string;
  /** As in `HomeSource`. */
  readonly source: string;
}

/** What a sentence would be taken for. */
export interface HomeTest {
  readonly language: string;
  readonly decision: "accept" | "dictate";
  /** The nearest sentence, as it is written; empty with none near. */
  readonly text: string;
  /** Heading of its template. */
  readonly intent: string;
  /** 0 is the same, 1 shares nothing with it. */
  readonly distance: number;
  /** One sentence. */
  readonly why: string;
}
