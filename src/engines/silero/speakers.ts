/** Assistant names, `|` between their forms, and the speaker each stands for. */
export type SpeakersByName = Readonly<Record<string, string>>;

/** The original's own: what one calls the assistant decides its voice. */
export const DEFAULT_SPEAKERS_BY_NAME: SpeakersByName = {
  "николай|николаю": "aidar",
  "ирина|ирине": "xenia",
};

const WARNED_NAMES = 50;

/** Chooses among the speakers of one package. */
export class SileroSpeakers {
  readonly all: readonly string[];
  readonly #fallback: string;
  readonly #byName: ReadonlyMap<string, string>;
  readonly #warn: (sentence: string) => void;
  readonly #warned = new Set<string>();

  /** @param warn told once about every unknown name */
  constructor(options: {
    readonly speakers: readonly string[];
    readonly wanted: string;
    readonly byName: SpeakersByName;
    readonly warn: (sentence: string) => void;
  }) {
    const { speakers, wanted, byName, warn } = options;
    this.#warn = warn;
    const fallback = speakers.includes(wanted) ? wanted : speakers[0];
    this.#fallback = fallback ?? wanted;
    if (fallback !== wanted && fallback !== undefined) {
      warn(
        `The voice has no speaker ${wanted}; ${fallback} is the default now. It has: ${listOf(speakers)}.`,
      );
    }
    // First the default: peers take the first speaker for it.
    this.all = [this.#fallback, ...speakers.filter((name) => name !== this.#fallback)];
    this.#byName = new Map(
      Object.entries(byName).flatMap(([names, speaker]) =>
        speakers.includes(speaker)
          ? names.split("|").map((name): [string, string] => [name.trim().toLowerCase(), speaker])
          : [],
      ),
    );
  }

  /** The speaker asked for, by its own name or an assistant's; else the default, with a warning. */
  choose(asked: string | undefined): string {
    if (asked === undefined || asked === "") return this.#fallback;
    const found = this.all.includes(asked) ? asked : this.#byName.get(asked.trim().toLowerCase());
    if (found !== undefined) return found;
    if (!this.#warned.has(asked) && this.#warned.size < WARNED_NAMES) {
      this.#warned.add(asked);
      this.#warn(
        `There is no speaker ${asked.slice(0, 100)}; ${this.#fallback} speaks. Known: ${listOf(this.all)}.`,
      );
    }
    return this.#fallback;
  }
}

function listOf(speakers: readonly string[]): string {
  return speakers.length > 12
    ? `${speakers.slice(0, 12).join(", ")} and ${speakers.length - 12} more`
    : speakers.join(", ");
}
