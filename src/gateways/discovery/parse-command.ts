import { MIB } from "../../base/units.js";
import type { Capability } from "../../catalog/manifest.js";
import type { Snapshot } from "../../sessions/snapshot.js";
import { AUTOMATIC, LIMITS, modelSelects, PRESS, preloadSlug } from "./control-entities.js";

/** What a user asked for over MQTT, checked against what there is. */
export type Command =
  | { readonly kind: "warm-up" | "unload" | "retry"; readonly model: string | "all" }
  /** Without bytes: as it is configured. */
  | { readonly kind: "set-budget"; readonly bytes: number | undefined }
  | { readonly kind: "set-keep-alive"; readonly seconds: number }
  | {
      readonly kind: "choose-model";
      readonly capability: Capability;
      readonly language: string;
      /** Undefined leaves the choice to us. */
      readonly model: string | undefined;
    }
  | {
      readonly kind: "set-preload";
      readonly capability: Capability;
      readonly provider: string;
      readonly on: boolean;
    }
  /** 0 to 1. */
  | { readonly kind: "set-muted"; readonly muted: boolean }
  | { readonly kind: "set-volume"; readonly site: string; readonly volume: number }
  | { readonly kind: "say"; readonly site: string; readonly text: string };

export type ParsedCommand =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly reason: string };

/** Longest payload of a command, in bytes. */
export const MAX_COMMAND_BYTES = 8 * 1024;
/** Longest text to be spoken, in characters. */
const MAX_TEXT = 2_000;

const MODEL_COMMANDS = {
  warm_up_models: "warm-up",
  unload_models: "unload",
  retry_models: "retry",
} as const;

/**
 * What a message to a control means. Pure: nothing is changed, and anything odd is refused with a sentence.
 * @param control the topic below `<base>/set/`
 * @param payload as sent by Home Assistant or by hand; a model's button also takes a catalog id
 */
export function parseCommand(control: string, payload: Uint8Array, snapshot: Snapshot): ParsedCommand {
  if (payload.length > MAX_COMMAND_BYTES)
    return refuse(`The command has more than ${MAX_COMMAND_BYTES} bytes.`);
  const text = Buffer.from(payload).toString().trim();
  const [name = "", ...rest] = control.split("/");
  const which = rest.join("/");
  switch (name) {
    case "warm_up_models":
    case "unload_models":
    case "retry_models":
      return which === "" ? modelCommand(MODEL_COMMANDS[name], text, snapshot) : unknown(control);
    case "memory_limit":
      return which === "" ? budget(text) : unknown(control);
    case "keep_alive":
      return which === "" && snapshot.settings ? keepAlive(text) : unknown(control);
    case "model":
      return chooseModel(which, text, snapshot) ?? unknown(control);
    case "preload":
      return setPreload(which, text, snapshot) ?? unknown(control);
    case "microphone_mute":
      return which === "" && snapshot.board ? setMuted(text) : unknown(control);
    case "volume":
      return atSite(which, snapshot) ?? volume(which, text);
    case "say":
      return atSite(which, snapshot) ?? say(which, text);
    default:
      return unknown(control);
  }
}

function modelCommand(
  kind: "warm-up" | "unload" | "retry",
  text: string,
  { models }: Snapshot,
): ParsedCommand {
  if (text === PRESS || text === "all") return accept({ kind, model: "all" });
  if (models.some(({ id }) => id === text)) return accept({ kind, model: text });
  return refuse(`There is no model ${quoted(text)}: send ${PRESS} for all or one of the catalog's ids.`);
}

function budget(text: string): ParsedCommand {
  if (text === AUTOMATIC) return accept({ kind: "set-budget", bytes: undefined });
  const mebibytes = numberWithin(text, LIMITS.budgetMib);
  if (mebibytes !== undefined) return accept({ kind: "set-budget", bytes: Math.round(mebibytes * MIB) });
  return refuse(`${quoted(text)} is no memory limit: send MiB ${range(LIMITS.budgetMib)}, or ${AUTOMATIC}.`);
}

function keepAlive(text: string): ParsedCommand {
  const seconds = numberWithin(text, LIMITS.keepAliveSeconds);
  if (seconds !== undefined) return accept({ kind: "set-keep-alive", seconds: Math.round(seconds) });
  return refuse(
    `${quoted(text)} is no time: send seconds ${range(LIMITS.keepAliveSeconds)}; -1 is for ever.`,
  );
}

function chooseModel(slug: string, text: string, snapshot: Snapshot): ParsedCommand | undefined {
  const select = modelSelects(snapshot).find((each) => each.slug === slug);
  if (!select) return undefined;
  const { capability, language } = select.choice;
  const kind = "choose-model";
  if (text === AUTOMATIC) return accept({ kind, capability, language, model: undefined });
  if (select.options.includes(text)) return accept({ kind, capability, language, model: text });
  return refuse(
    `${quoted(text)} cannot be chosen: send one of ${[AUTOMATIC, ...select.options].join(", ")}.`,
  );
}

function setPreload(slug: string, text: string, { settings }: Snapshot): ParsedCommand | undefined {
  const found = settings?.preload.find((preload) => preloadSlug(preload) === slug);
  if (!found) return undefined;
  const { capability, provider } = found;
  const on = switchPosition(text);
  return typeof on === "string" ? refuse(on) : accept({ kind: "set-preload", capability, provider, on });
}

function setMuted(text: string): ParsedCommand {
  const muted = switchPosition(text);
  return typeof muted === "string" ? refuse(muted) : accept({ kind: "set-muted", muted });
}

/** @returns why it is none, when it is none */
function switchPosition(text: string): boolean | string {
  if (text === "ON" || text === "OFF") return text === "ON";
  return `${quoted(text)} is no switch position: send ON or OFF.`;
}

/** @returns why nothing can be done at a site; undefined when something can */
function atSite(site: string, { sites = [] }: Snapshot): ParsedCommand | undefined {
  if (sites.includes(site)) return undefined;
  return refuse(`No satellite ${quoted(site)} was heard of: known are ${sites.join(", ") || "none"}.`);
}

function volume(site: string, text: string): ParsedCommand {
  const percent = numberWithin(text, LIMITS.volumePercent);
  if (percent !== undefined) return accept({ kind: "set-volume", site, volume: percent / 100 });
  return refuse(`${quoted(text)} is no volume: send percent ${range(LIMITS.volumePercent)}.`);
}

function say(site: string, text: string): ParsedCommand {
  if (text === "") return refuse("There is nothing to say: send the text.");
  if (text.length > MAX_TEXT) return refuse(`The text has more than ${MAX_TEXT} characters.`);
  return accept({ kind: "say", site, text });
}

/** Digits only: what else `Number` takes (hexadecimal, exponents, an empty string) is more likely a mistake. */
function numberWithin(text: string, { min, max }: { min: number; max: number }): number | undefined {
  if (!/^-?\d{1,9}(\.\d{1,3})?$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

function accept(command: Command): ParsedCommand {
  return { ok: true, command };
}

function refuse(reason: string): ParsedCommand {
  return { ok: false, reason };
}

function unknown(control: string): ParsedCommand {
  return refuse(`There is no control ${quoted(control)}.`);
}

function range({ min, max }: { min: number; max: number }): string {
  return `from ${min} to ${max}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
