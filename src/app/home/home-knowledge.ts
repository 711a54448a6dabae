import { join, resolve } from "node:path";
import type { Clock } from "../../base/clock.js";
import { SessionError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import { baseLanguage } from "../../catalog/language.js";
import type { ModelManifest } from "../../catalog/manifest.js";
import type { Config } from "../../config/schema.js";
import { CoreNames } from "../../gateways/home-assistant/core-names.js";
import type { CoreAddress } from "../../gateways/home-assistant/core-socket.js";
import type { Home, HomeNames } from "../../home/names.js";
import type { CommandOffer, Commands } from "../../sessions/commands.js";
import type {
  HomeInsight,
  HomeLanguage,
  HomeName,
  HomeSource,
  HomeTest,
  HomeView,
} from "../../sessions/home.js";
import { BookThreads } from "./book-threads.js";
import { byLanguage, gatherNames, inEveryLanguage, type NameSource, namesByKind } from "./gathered-names.js";
import { HomeFile } from "./home-file.js";
import { type CommandResidency, LanguageCommands } from "./language-commands.js";
import type { BookOrder, MadeBook } from "./make-book.js";
import { WatchedFolder } from "./watched-folder.js";

export interface HomeKnowledgeParts {
  readonly config: Pick<Config, "language" | "data_dir" | "home" | "preload">;
  /** Folder with the program's own sentence templates. */
  readonly sentences: string;
  /** Home Assistant's WebSocket interface, where we are its add-on. */
  readonly core: CoreAddress | undefined;
  /** See `commandModel`. */
  readonly choose: (language: string, without: ReadonlySet<string>) => ModelManifest | undefined;
  readonly residency: CommandResidency;
  readonly clock: Clock;
  readonly log: Logger;
  /** See `Commands`. */
  readonly parallel: boolean;
  /** Where phrase books are made; absent takes those of the built program. */
  readonly threads?: BookThreads;
}

/** Hints of more names than this help nobody. */
const MAX_TERMS = 100;
/** Languages with commands at once; each takes a model. */
const MAX_LANGUAGES = 4;
/** Languages looked into, most of them without sentences: peers name what they like. */
const MAX_ASKED = 32;
const NO_SENTENCES = "there are no sentence templates for it";
const NOT_SPOKEN = "nobody has spoken it yet";
const HOME_ASSISTANT = "Home Assistant";

/** Folder with the user's own sentence templates. */
const ownSentences = ({ data_dir, home }: HomeKnowledgeParts["config"]): string =>
  resolve(home.sentences || join(data_dir, "sentences"));

/**
 * What the home is called, from all who know, and the commands that follow from it in each language that is spoken.
 * Names may change at any time; what is ready before serves until what is new is ready.
 */
export class HomeKnowledge implements Commands, HomeInsight {
  readonly parallel: boolean;
  readonly #parts: HomeKnowledgeParts;
  readonly #threads: BookThreads;
  readonly #stop = new AbortController();
  readonly #file: HomeFile | undefined;
  readonly #core: CoreNames | undefined;
  readonly #templates: WatchedFolder;
  readonly #languages = new Map<string, LanguageCommands>();
  /** By language, until names change. */
  readonly #gathered = new Map<string, readonly HomeName[]>();
  #homeOfFile: Home = new Map();
  #namesOfCore: HomeNames = {};
  #starting: Promise<void> | undefined;
  #started = false;
  #brings = false;
  #closed = false;

  constructor(parts: HomeKnowledgeParts) {
    const { config, core: address, clock, log } = parts;
    this.#parts = parts;
    this.parallel = parts.parallel;
    this.#threads = parts.threads ?? new BookThreads();
    this.#file =
      config.home.file === ""
        ? undefined
        : new HomeFile({
            path: resolve(config.home.file),
            clock,
            log,
            onHome: (home) => {
              this.#homeOfFile = home;
              this.#namesChanged();
            },
          });
    this.#templates = new WatchedFolder({
      dir: ownSentences(config),
      clock,
      onChange: () => this.#namesChanged(),
    });
    this.#core =
      address &&
      new CoreNames({
        address,
        clock,
        log,
        onNames: (names) => {
          this.#namesOfCore = names;
          this.#namesChanged();
        },
      });
  }

  /** Begins to read names. Resolves once the file has been read; never rejects. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Begins, and waits until the sentences of the house's language are made. */
  async sentences(): Promise<void> {
    await this.start();
    await this.#speaks(this.#parts.config.language)?.updated;
  }

  /** Begins, and waits until commands are listened for, or it is clear why not. */
  async listen(language = this.#parts.config.language): Promise<void> {
    await this.start();
    await this.#speaks(language)?.arrive();
  }

  /** Has the model of the house's language made ready, beside all that is there already. */
  bring(): void {
    if (!this.#parts.config.preload) return;
    this.#brings = true;
    this.#languages.get(baseLanguage(this.#parts.config.language))?.bring();
  }

  /** The model `bring` would make ready. */
  foresee(): ModelManifest | undefined {
    const { config, choose } = this.#parts;
    return config.preload ? choose(config.language, new Set()) : undefined;
  }

  offer(language: string): CommandOffer | undefined {
    return this.#started ? this.#speaks(language)?.offer() : undefined;
  }

  names(language: string): readonly string[] {
    return this.#gather(baseLanguage(language))
      .slice(0, MAX_TERMS)
      .map(({ name }) => name);
  }

  /** To be told of every change of every model. */
  modelChanged(id: string, state: string): void {
    for (const language of this.#languages.values()) language.modelChanged(id, state);
  }

  show(): HomeView {
    const shown = new Set([
      baseLanguage(this.#parts.config.language),
      ...this.#languages.keys(),
      ...this.#homeOfFile.keys(),
    ]);
    return { sources: this.#sources(), languages: [...shown].map((language) => this.#showOne(language)) };
  }

  async test(sentence: string, asked = this.#parts.config.language): Promise<HomeTest> {
    await this.start();
    const language = baseLanguage(asked);
    const order = this.#order(language, namesByKind(this.#gather(language)));
    const found = await this.#threads.test(order, sentence, this.#stop.signal);
    if (found) return found;
    throw new SessionError("no-model", `There are no sentences for commands in ${language}.`);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop.abort(new SessionError("cancelled", "The program ends."));
    this.#file?.close();
    this.#templates.close();
    await Promise.all([this.#core?.close(), ...[...this.#languages.values()].map((each) => each.close())]);
  }

  async #start(): Promise<void> {
    await Promise.all([this.#file?.start(), this.#templates.start()]);
    if (this.#closed) return;
    this.#started = true;
    this.#core?.start();
    this.#speaks(this.#parts.config.language);
  }

  /** Commands in a language, begun when it is spoken for the first time. */
  #speaks(code: string): LanguageCommands | undefined {
    const language = baseLanguage(code);
    const known = this.#languages.get(language);
    if (known || this.#closed || this.#languages.size >= MAX_ASKED) return known;
    const spoken = [...this.#languages.values()].filter((each) => each.made);
    if (spoken.length >= MAX_LANGUAGES) return undefined;
    const { choose, residency, clock, log } = this.#parts;
    const made = new LanguageCommands({
      language,
      make: (names, signal) => this.#make(language, names, signal),
      choose: (without) => choose(language, without),
      residency,
      clock,
      log,
    });
    this.#languages.set(language, made);
    if (this.#brings && language === baseLanguage(this.#parts.config.language)) made.bring();
    void made.update(namesByKind(this.#gather(language)));
    return made;
  }

  #namesChanged(): void {
    this.#gathered.clear();
    for (const each of this.#languages.values()) void each.update(namesByKind(this.#gather(each.language)));
  }

  #gather(language: string): readonly HomeName[] {
    const known = this.#gathered.get(language);
    if (known) return known;
    const sources: NameSource[] = [];
    if (this.#core) sources.push(inEveryLanguage(HOME_ASSISTANT, this.#namesOfCore));
    if (this.#file) sources.push(byLanguage(this.#parts.config.home.file, this.#homeOfFile));
    const names = gatherNames(sources, language);
    // Requests may name any language; only those with commands are worth keeping.
    if (this.#languages.has(language)) this.#gathered.set(language, names);
    return names;
  }

  #make(language: string, names: HomeNames, signal: AbortSignal): Promise<MadeBook | undefined> {
    return this.#threads.make(this.#order(language, names), signal);
  }

  #order(language: string, names: HomeNames): BookOrder {
    const { config, sentences } = this.#parts;
    const folders = { program: sentences, user: ownSentences(config) };
    return { language, names, sentences: folders, dir: join(resolve(config.data_dir), "home") };
  }

  #sources(): readonly HomeSource[] {
    const state = this.#core?.state;
    const file = this.#file;
    return [
      ...(state ? [{ name: HOME_ASSISTANT, ...(state.problem ? { problem: state.problem } : {}) }] : []),
      ...(file
        ? [{ name: this.#parts.config.home.file, ...(file.problem ? { problem: file.problem } : {}) }]
        : []),
    ];
  }

  #showOne(language: string): HomeLanguage {
    const commands = this.#languages.get(language);
    const standing = commands?.standing;
    const why = commands ? NO_SENTENCES : NOT_SPOKEN;
    return {
      language,
      names: this.#gather(language),
      ...(commands?.made ? { phrases: commands.made.phrases } : {}),
      problems: commands?.made?.problems ?? [],
      ...(commands?.model ? { model: commands.model } : {}),
      ready: standing?.ready ?? false,
      ...(standing?.ready ? {} : { why: standing?.why ?? why }),
      unknownWords: commands?.unknownWords ?? [],
    };
  }
}
