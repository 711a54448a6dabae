import { readWav, writeWav } from "../audio/wav.js";
import { systemClock } from "../base/clock.js";
import { ConfigError, SessionError } from "../base/errors.js";
import type { Capability } from "../catalog/manifest.js";
import type { Config } from "../config/schema.js";
import type { Garbage, ModelChoice, ModelInUse } from "../sessions/controls.js";
import type { Foresight } from "../sessions/foresight.js";
import { type HomeTest, type HomeView, NO_COMMANDS } from "../sessions/home.js";
import type { Snapshot } from "../sessions/snapshot.js";
import type { Origin, TranscribeResult } from "../sessions/voice.js";
import { Core } from "./core.js";
import type { House } from "./house.js";
import { createLogger } from "./log.js";

const ORIGIN: Origin = { gateway: "cli" };

/** Commands answered by models of their own: nothing listens, nothing is preloaded. */
export class LocalHouse implements House {
  readonly kind = "own";
  readonly #core: Core;

  private constructor(core: Core) {
    this.#core = core;
  }

  /**
   * @param talkative logs what happens to models, not only what goes wrong
   * @throws {ConfigError} for a catalog that cannot be read; {AssetError} for a data folder that cannot be used
   */
  static async open(
    config: Config,
    env: Readonly<Record<string, string | undefined>>,
    talkative = false,
  ): Promise<LocalHouse> {
    // Results go to standard output, so the log goes to standard error and keeps to what matters.
    const level = config.log.level === "info" && !talkative ? "warn" : config.log.level;
    const log = createLogger({ ...config.log, level, destination: 2 });
    return new LocalHouse(await Core.create({ config, env, log, clock: systemClock }));
  }

  async status(): Promise<Snapshot> {
    return this.#core.snapshots.current();
  }

  async watch(onSnapshot: (snapshot: Snapshot) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    onSnapshot(this.#core.snapshots.current());
    const stop = this.#core.snapshots.onChange(onSnapshot);
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    stop();
  }

  async find(name: string, capability?: Capability): Promise<string> {
    return this.#core.controls.find(name, capability);
  }

  async transcribe(
    wav: Uint8Array,
    options: { model?: string; language?: string },
  ): Promise<TranscribeResult> {
    const { format, pcm } = readWav(wav);
    const session = this.#core.voice.transcribe({ origin: ORIGIN, ...options });
    try {
      session.accept(format, pcm);
      return await session.finish();
    } finally {
      session.cancel();
    }
  }

  async say(
    text: string,
    options: { voice?: string; language?: string; speaker?: string },
  ): Promise<Uint8Array> {
    const session = this.#core.voice.synthesize({ origin: ORIGIN, text, ...options });
    try {
      const format = await session.format;
      const pieces: Uint8Array[] = [];
      for await (const piece of session.audio) pieces.push(piece);
      return writeWav(format, Buffer.concat(pieces));
    } finally {
      session.cancel();
    }
  }

  pull(model: string): Promise<void> {
    return this.#core.controls.pull(model);
  }

  remove(model: string): Promise<void> {
    return this.#core.controls.remove(model);
  }

  check(model: string): Promise<string | undefined> {
    return this.#core.controls.check(model);
  }

  warmUp(model: string): Promise<void> {
    return this.#core.controls.warmUp(model);
  }

  unload(model: string): Promise<void> {
    return this.#core.controls.unload(model);
  }

  /** @throws {ConfigError} `config-invalid`: what answers later is a matter of the options */
  async use({ capability, model = "auto" }: ModelChoice): Promise<ModelInUse> {
    throw new ConfigError(
      "config-invalid",
      `No server is running that could change its model; for the next start set the option ${capability} to ${model}.`,
    );
  }

  collectGarbage(remove: boolean): Promise<readonly Garbage[]> {
    return this.#core.controls.collectGarbage(remove);
  }

  plan(): Promise<Foresight> {
    return this.#core.controls.plan();
  }

  async home(): Promise<HomeView> {
    const { home } = this.#core;
    await home?.sentences();
    return home?.show() ?? NO_COMMANDS;
  }

  async testSentence(sentence: string, language?: string): Promise<HomeTest> {
    const { home } = this.#core;
    if (!home) throw new SessionError("no-model", NO_COMMANDS.off ?? "");
    return home.test(sentence, language);
  }

  async listen(language?: string): Promise<void> {
    await this.#core.home?.listen(language);
  }

  close(): Promise<void> {
    return this.#core.close();
  }
}
