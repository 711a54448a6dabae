import type { Clock, Timer } from "../../base/clock.js";
import { withDeadline } from "../../base/deadline.js";
import { BudgetError, EngineError, messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import { formatDuration } from "../../base/units.js";
import type { ModelManifest } from "../../catalog/manifest.js";
import type { PreparedReport, UnknownWord } from "../../engines/capability.js";
import type { HomeNames } from "../../home/names.js";
import type { PhraseBookFile } from "../../home/phrase-book.js";
import type { Lease, LeaseOptions } from "../../residency/lease.js";
import type { CommandOffer } from "../../sessions/commands.js";
import type { MadeBook } from "./make-book.js";

/** What commands need of residency. */
export interface CommandResidency {
  isReady(model: string): boolean;
  lease(model: string, options: LeaseOptions): Promise<Lease>;
  /** Downloads, loads and warms, where there is room. @throws what kept the model from getting ready */
  warmUp(
    model: string,
    options: { readonly reason: string; readonly mayEvict: "nobody"; readonly deadlineMs: number },
  ): Promise<void>;
}

interface LanguageCommandsParts {
  readonly language: string;
  /** Puts names into the sentences of the language; undefined where there are none. */
  readonly make: (names: HomeNames, signal: AbortSignal) => Promise<MadeBook | undefined>;
  /** The best model for it, without some that were of no use. */
  readonly choose: (without: ReadonlySet<string>) => ModelManifest | undefined;
  readonly residency: CommandResidency;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Prepared {
  readonly model: ModelManifest;
  readonly phrases: PhraseBookFile;
  readonly report: PreparedReport;
}

const LEASE_MS = 5_000;
/** A large home on a small board; utterances go on meanwhile. */
const PREPARE_MS = 120_000;
const RETRY_MS = 300_000;
const BRING_AGAIN_MS = 10_000;
/** Sentences told to the user that are remembered, so as not to be told again. */
const MAX_TOLD = 1_000;
const MAKING = "the sentences are being made";

/**
 * Commands in one language: a phrase book made anew whenever the names change, and the model that is held to it,
 * whenever it comes into memory. Until a new book is ready in the model the one before it serves.
 */
export class LanguageCommands {
  readonly #parts: LanguageCommandsParts;
  readonly #stop = new AbortController();
  /** Models that were of no use, until the next look. */
  readonly #useless = new Set<string>();
  readonly #told = new Set<string>();
  /** Of the names told last; counts up. */
  #edition = 0;
  #made: MadeBook | undefined;
  #making = true;
  #updating: Promise<void> = Promise.resolve();
  #model: ModelManifest | undefined;
  /** Counts the stays of the model in memory: what was prepared in one is gone in the next. */
  #stay = 0;
  #prepared: Prepared | undefined;
  #why: string | undefined;
  #wanted = false;
  #triedMs = Number.NEGATIVE_INFINITY;
  #settling: Promise<void> | undefined;
  #again = false;
  #retry: Timer | undefined;

  constructor(parts: LanguageCommandsParts) {
    this.#parts = parts;
  }

  get language(): string {
    return this.#parts.language;
  }

  /** The book of the names told last that could be made. */
  get made(): MadeBook | undefined {
    return this.#made;
  }

  get model(): string | undefined {
    return this.#model?.id;
  }

  get unknownWords(): readonly UnknownWord[] {
    return this.#prepared?.report.unknownWords ?? [];
  }

  /** Resolves once the book for the names told last is made and in use, as far as it can be. */
  get updated(): Promise<void> {
    return this.#updating;
  }

  /** Makes the book for these names; of several in a row the last counts. Never rejects. */
  update(names: HomeNames): Promise<void> {
    this.#updating = this.#update(names);
    return this.#updating;
  }

  async #update(names: HomeNames): Promise<void> {
    const { language, make, log } = this.#parts;
    this.#edition += 1;
    const edition = this.#edition;
    try {
      const made = await make(names, this.#stop.signal);
      if (edition !== this.#edition || this.#stop.signal.aborted) return;
      for (const problem of made?.problems ?? []) this.#warnOnce(problem);
      this.#made = made;
    } catch (error) {
      if (this.#stop.signal.aborted || edition !== this.#edition) return;
      log.error(`Commands in ${language} stay as they were: ${messageOf(error)}`);
    }
    this.#making = false;
    await this.#settle();
  }

  /** Waits until a model listens, or it is clear why none does. */
  async arrive(): Promise<void> {
    await this.#updating;
    this.#wanted = true;
    await this.#settle();
  }

  /** Has the model made ready where there is room for it, now and whenever it has gone. */
  bring(): void {
    this.#wanted = true;
    void this.#settle();
  }

  /** How it stands, without doing anything about it; undefined in a language without sentences. */
  get standing(): CommandOffer | undefined {
    if (this.#prepared && this.#parts.residency.isReady(this.#prepared.model.id)) {
      const { model, phrases } = this.#prepared;
      return { ready: true, model, phrases };
    }
    if (!this.#made) return this.#making ? { ready: false, why: MAKING } : undefined;
    return {
      ready: false,
      why: this.#why ?? `${this.#model?.id ?? "the model for commands"} is not in memory`,
    };
  }

  /** The standing, for a request that could be a command: a model that is not there is sent for. */
  offer(): CommandOffer | undefined {
    const { standing } = this;
    if (this.#made && !standing?.ready) this.#bringAgain();
    return standing;
  }

  /** To be told of every change of every model. */
  modelChanged(id: string, state: string): void {
    if (id !== this.#model?.id) return;
    if (state === "ready") {
      if (!this.#prepared) void this.#settle();
    } else if (state !== "draining") {
      this.#stay += 1;
      this.#prepared = undefined;
    }
  }

  async close(): Promise<void> {
    this.#stop.abort(new EngineError("engine-unavailable", "The program ends."));
    this.#retry?.cancel();
    await this.#settling;
  }

  /** A model that left because it was idle comes back with the next request, as others do. */
  #bringAgain(): void {
    const now = this.#parts.clock.monotonicMs();
    if (this.#settling || now - this.#triedMs < BRING_AGAIN_MS) return;
    this.#triedMs = now;
    this.bring();
  }

  /** Brings book and model together as far as possible now; never rejects. Asked again meanwhile, it looks once more. */
  #settle(): Promise<void> {
    this.#again = true;
    this.#settling ??= this.#settleUntilDone();
    return this.#settling;
  }

  async #settleUntilDone(): Promise<void> {
    // The caller notes this promise before anything happens.
    await Promise.resolve();
    while (this.#again && !this.#stop.signal.aborted) {
      this.#again = false;
      await this.#settleOnce();
    }
    this.#settling = undefined;
  }

  async #settleOnce(): Promise<void> {
    const book = this.#made?.file;
    if (!book) return;
    this.#model ??= this.#parts.choose(this.#useless);
    const model = this.#model;
    if (!model) return this.#lookLater("no small Vosk model of the language can be had");
    try {
      if (!this.#parts.residency.isReady(model.id)) {
        if (!this.#wanted) return;
        this.#why = `${model.id} is being made ready`;
        await this.#warmUp(model);
      }
      if (this.#prepared?.phrases.id !== book.id) await this.#prepare(model, book);
      this.#why = undefined;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#why = `${model.id} cannot listen: ${messageOf(error)}`;
      const sentence = `Commands in ${this.language}: ${this.#why}`;
      // A small board is no trouble: all is dictated there.
      if (error instanceof BudgetError) this.#infoOnce(sentence, `no room for ${model.id}`);
      else this.#warnOnce(sentence);
      this.#useless.add(model.id);
      this.#model = undefined;
      // Another one may do.
      this.#again = true;
    }
  }

  #warmUp(model: ModelManifest): Promise<void> {
    const reason = `commands in ${this.language}`;
    return this.#parts.residency.warmUp(model.id, { reason, mayEvict: "nobody", deadlineMs: 0 });
  }

  async #prepare(model: ModelManifest, phrases: PhraseBookFile): Promise<void> {
    const { residency, clock } = this.#parts;
    const { signal } = this.#stop;
    const stay = this.#stay;
    const lease = await residency.lease(model.id, { signal, deadlineMs: LEASE_MS });
    try {
      const { loaded, worker } = lease;
      if (loaded.capability !== "stt" || !loaded.takesPhrases)
        throw new EngineError("engine-unavailable", "it has a fixed graph");
      const report = await withDeadline(worker.preparePhrases(lease.model, phrases), {
        clock,
        limitMs: PREPARE_MS,
        signal,
        late: () => new EngineError("engine-failed", `no answer within ${PREPARE_MS / 1000} s`),
      });
      // It went and came back meanwhile, and knows nothing of this.
      if (stay !== this.#stay) this.#again = true;
      else this.#announce({ model, phrases, report });
    } catch (error) {
      if (stay === this.#stay || signal.aborted) throw error;
      this.#again = true;
    } finally {
      lease.release();
    }
  }

  #announce(prepared: Prepared): void {
    const { model, report } = prepared;
    const { log, language } = this.#parts;
    this.#prepared = prepared;
    this.#useless.clear();
    const took = report.compileMs > 0 ? `, made ready in ${formatDuration(report.compileMs)}` : "";
    log.info(`Commands in ${language}: ${model.title} listens for ${report.phrases} sentences${took}`);
    for (const { word, names, respelled, suggestion } of report.unknownWords) {
      const where = names.length > 0 ? ` (${names.slice(0, 3).join(", ")})` : "";
      if (respelled !== undefined) this.#infoOnce(`${word}${where} is listened for as "${respelled}"`);
      else if (names.length > 0) {
        const advice = suggestion === undefined ? "" : ` such as "${suggestion}"`;
        this.#warnOnce(
          `${word}${where} is unknown to ${model.title} and not understood: give it an alias${advice}`,
        );
      }
    }
  }

  #lookLater(why: string): void {
    this.#why ??= why;
    this.#retry ??= this.#parts.clock.after(RETRY_MS, () => {
      this.#retry = undefined;
      this.#useless.clear();
      this.#why = undefined;
      void this.#settle();
    });
  }

  #warnOnce(sentence: string): void {
    if (this.#isNews(sentence)) this.#parts.log.warn(sentence);
  }

  /** @param key of what it is about, where its figures change all the time */
  #infoOnce(sentence: string, key = sentence): void {
    if (this.#isNews(key)) this.#parts.log.info(sentence);
  }

  #isNews(sentence: string): boolean {
    if (this.#told.has(sentence)) return false;
    if (this.#told.size >= MAX_TOLD) this.#told.clear();
    this.#told.add(sentence);
    return true;
  }
}
