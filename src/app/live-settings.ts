import { join } from "node:path";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { formatBytes } from "../base/units.js";
import { baseLanguage } from "../catalog/language.js";
import type { Capability } from "../catalog/manifest.js";
import { PROVIDER_KINDS } from "../config/provider-options.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";
import { readIfThere, writeWhole } from "./state-file.js";

type Value = string | number | boolean;

interface LiveSettingsParts {
  readonly config: Config;
  /** Folder whose `state/settings.json` keeps the changes; absent: nothing is read or kept. */
  readonly dataDir: string | undefined;
  /** Option paths named by flags or the environment: at start these win over what was kept. */
  readonly named: ReadonlySet<string>;
  readonly log: Logger;
}

/**
 * Settings that users change while the program runs, on top of the configuration. Kept over restarts; what is named
 * on the command line or in the environment wins again at the next start.
 */
export class LiveSettings {
  readonly #base: Config;
  readonly #path: string | undefined;
  readonly #named: ReadonlySet<string>;
  readonly #log: Logger;
  /** By key: `memory_budget`, `keep_alive`, `model.stt.en`, `preload.tts.piper`. */
  readonly #kept: Map<string, Value>;
  readonly #inForce: Map<string, Value>;
  #config: Config;

  constructor({ config, dataDir, named, log }: LiveSettingsParts) {
    this.#base = config;
    this.#path = dataDir === undefined ? undefined : join(dataDir, "state", "settings.json");
    this.#named = named;
    this.#log = log;
    this.#kept = this.#read();
    const [ruledOut, inForce] = [[...this.#kept.keys()], new Map(this.#kept)];
    for (const key of ruledOut.filter((each) => named.has(optionOf(each)))) {
      inForce.delete(key);
      log.info(
        `${describe(key, this.#kept.get(key))} was set while running; ${optionOf(key)} is named at start and wins`,
      );
    }
    for (const [key, value] of inForce) log.info(`${describe(key, value)}, as set while running`);
    this.#inForce = inForce;
    this.#config = this.#overlay();
  }

  /** The configuration with what was changed since. A new object after each change. */
  get config(): Config {
    return this.#config;
  }

  /** @param bytes undefined leaves it to the configuration */
  setBudget(bytes: number | undefined): void {
    this.#set("memory_budget", bytes === undefined ? undefined : Math.round(bytes));
  }

  /** @param seconds -1 keeps idle models for as long as memory allows */
  setKeepAlive(seconds: number): void {
    this.#set("keep_alive", seconds);
  }

  /** The model chosen for a language, any region of it included; undefined leaves it to the configuration. */
  model(capability: Capability, language: string): string | undefined {
    const chosen = this.#inForce.get(modelKey(capability, language));
    return typeof chosen === "string" ? chosen : undefined;
  }

  setModel(capability: Capability, language: string, model: string | undefined): void {
    this.#set(modelKey(capability, language), model);
  }

  setPreload(capability: Capability, provider: string, on: boolean): void {
    this.#set(`preload.${capability}.${provider}`, on);
  }

  /** Whether the model of a provider is loaded at start. */
  preload(capability: Capability, provider: string): boolean {
    return providerSettings(this.#config, capability, provider).preload_models;
  }

  #set(key: string, value: Value | undefined): void {
    for (const values of [this.#kept, this.#inForce]) {
      if (value === undefined) values.delete(key);
      else values.set(key, value);
    }
    this.#config = this.#overlay();
    if (this.#named.has(optionOf(key)))
      this.#log.warn(
        `${optionOf(key)} is named by a flag or the environment: the change holds until the next start`,
      );
    this.#write();
  }

  #overlay(): Config {
    let config = this.#base;
    for (const [key, value] of this.#inForce) {
      const [kind = "", capability = "", provider = ""] = key.split(".");
      if (kind === "memory_budget") config = { ...config, memory_budget: `${value}B` };
      else if (kind === "keep_alive") config = { ...config, keep_alive: Number(value) };
      else if (kind === "preload")
        config = withPreload(config, capability as Capability, provider, value === true);
    }
    return config;
  }

  #read(): Map<string, Value> {
    if (this.#path === undefined) return new Map();
    try {
      const stored: unknown = JSON.parse(readIfThere(this.#path) ?? "{}");
      const entries = Object.entries(stored ?? {});
      const good = entries.filter((entry): entry is [string, Value] => isValid(...entry));
      for (const [key] of entries.filter((entry) => !isValid(...entry)))
        this.#log.warn(
          `${this.#path} holds ${JSON.stringify(key.slice(0, 60))} with a value that means nothing; left out`,
        );
      return new Map(good);
    } catch (error) {
      this.#log.warn(`What was set while running cannot be read and is left out: ${messageOf(error)}`);
      return new Map();
    }
  }

  #write(): void {
    if (this.#path === undefined) return;
    try {
      writeWhole(this.#path, `${JSON.stringify(Object.fromEntries(this.#kept), null, 2)}\n`);
    } catch (error) {
      this.#log.warn(`The change holds until the next start, since it cannot be kept: ${messageOf(error)}`);
    }
  }
}

const CAPABILITY = new RegExp(`^(model|preload)\\.(${Object.keys(PROVIDER_KINDS).join("|")})\\.([^.]+)$`);
const LONGEST_KEEP_ALIVE = 31_536_000;

const modelKey = (capability: Capability, language: string): string =>
  `model.${capability}.${baseLanguage(language) || "any"}`;

function isValid(key: string, value: unknown): boolean {
  if (key === "memory_budget") return Number.isSafeInteger(value) && Number(value) > 0;
  if (key === "keep_alive")
    return Number.isInteger(value) && Number(value) >= -1 && Number(value) <= LONGEST_KEEP_ALIVE;
  const kind = CAPABILITY.exec(key)?.[1];
  if (kind === "model") return typeof value === "string" && value !== "";
  return kind === "preload" && typeof value === "boolean";
}

/** The option of the configuration that a change stands above. */
function optionOf(key: string): string {
  const [, kind, capability = "", provider] = CAPABILITY.exec(key) ?? [];
  if (kind === "model") return capability;
  if (kind === "preload")
    return `providers.${PROVIDER_KINDS[capability as Capability]}.${provider}.preload_models`;
  return key;
}

function describe(key: string, value: Value | undefined): string {
  return `${key}: ${key === "memory_budget" ? formatBytes(Number(value)) : value}`;
}

function withPreload(config: Config, capability: Capability, provider: string, on: boolean): Config {
  const kind = PROVIDER_KINDS[capability];
  const branch: Readonly<Record<string, object>> = config.providers[kind];
  const changed = { ...branch, [provider]: { ...branch[provider], preload_models: on } };
  return { ...config, providers: { ...config.providers, [kind]: changed } };
}
