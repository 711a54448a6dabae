import { InternalError, messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { MqttMessage, MqttPort } from "../../base/mqtt-port.js";
import type { Capability } from "../../catalog/manifest.js";
import type { SnapshotSource } from "../../sessions/snapshot.js";
import type { VoiceEvent } from "./event-entities.js";
import type { DiscoveryOptions } from "./options.js";
import { type Command, parseCommand } from "./parse-command.js";
import { topicsOf } from "./topics.js";

/**
 * What can be changed while running. Each resolves once the change is in force, so that the next snapshot shows it, and
 * rejects with a `VoiceError` whose message tells the user why not.
 */
export interface DeviceControls {
  /** @param bytes undefined goes back to what is configured */
  setBudget(bytes: number | undefined): Promise<void>;
  /** @param seconds -1 keeps idle models for as long as memory allows */
  setKeepAlive(seconds: number): Promise<void>;
  /** Downloads and loads where needed; resolves when it has begun. `all`: what is to be preloaded or chosen. */
  warmUp(model: string | "all"): Promise<void>;
  unload(model: string | "all"): Promise<void>;
  /** Tries failed models again at once instead of after their back-off. */
  retry(model: string | "all"): Promise<void>;
  /** @param choice.model undefined leaves the choice to us again */
  chooseModel(choice: {
    readonly capability: Capability;
    readonly language: string;
    readonly model: string | undefined;
  }): Promise<void>;
  setPreload(preload: {
    readonly capability: Capability;
    readonly provider: string;
    readonly on: boolean;
  }): Promise<void>;
  /** Switches the microphone of this machine off and on. */
  setMuted(muted: boolean): Promise<void>;
  /** @param loudness.volume 0 to 1 */
  setVolume(loudness: { readonly site: string; readonly volume: number }): Promise<void>;
  say(announcement: { readonly site: string; readonly text: string }): Promise<void>;
}

export interface CommandListenerParts {
  readonly port: MqttPort;
  readonly source: SnapshotSource;
  readonly controls: DeviceControls;
  readonly logger: Logger;
  /** Where refusals go: `DiscoveryPublisher.announce`. */
  readonly announce: (event: VoiceEvent) => void;
}

/** Commands under way at once; further ones are refused. */
const MAX_RUNNING = 16;

/** Hears what is set over MQTT, and carries it out or says why not. */
export class CommandListener {
  readonly #topics: { readonly commands: string };
  readonly #parts: CommandListenerParts;
  #running = 0;
  #stop: (() => void) | undefined;

  constructor(options: DiscoveryOptions, parts: CommandListenerParts) {
    this.#parts = parts;
    this.#topics = topicsOf(parts.source.current().installId, options);
  }

  start(): void {
    if (this.#stop) return;
    const subscription = this.#parts.port.subscribe(this.#topics.commands, 1, (message) =>
      this.#hear(message),
    );
    this.#stop = () => subscription.close();
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #hear(message: MqttMessage): void {
    const { topic, payload, retained } = message;
    // The broker's notice that a stored message is gone.
    if (payload.length === 0 && retained) return;
    const refusal = this.#begin(message);
    if (refusal !== undefined) this.#refuse(topic, refusal);
  }

  /** @returns why the command is not carried out */
  #begin({ topic, payload, retained }: MqttMessage): string | undefined {
    // A stored command would be carried out again after every reconnect.
    if (retained) return "A command must not be retained: publish it without the retain flag.";
    if (this.#running >= MAX_RUNNING) return "Too many commands at once: try again.";
    const control = topic.slice(this.#topics.commands.length - 1);
    const parsed = parseCommand(control, payload, this.#parts.source.current());
    if (!parsed.ok) return parsed.reason;
    this.#running += 1;
    void this.#carryOut(parsed.command)
      .catch((error) => this.#refuse(topic, messageOf(error)))
      .finally(() => {
        this.#running -= 1;
      });
    return undefined;
  }

  async #carryOut(command: Command): Promise<void> {
    const { controls, logger } = this.#parts;
    const { kind, ...fields } = command;
    logger.info(`Asked over MQTT: ${kind}`, kind === "say" ? { site: command.site } : fields);
    switch (command.kind) {
      case "warm-up":
        return controls.warmUp(command.model);
      case "unload":
        return controls.unload(command.model);
      case "retry":
        return controls.retry(command.model);
      case "set-budget":
        return controls.setBudget(command.bytes);
      case "set-keep-alive":
        return controls.setKeepAlive(command.seconds);
      case "choose-model":
        return controls.chooseModel(command);
      case "set-preload":
        return controls.setPreload(command);
      case "set-muted":
        return controls.setMuted(command.muted);
      case "set-volume":
        return controls.setVolume(command);
      case "say":
        return controls.say(command);
      default:
        throw new InternalError(
          "invariant-broken",
          `no way to carry out ${JSON.stringify(command satisfies never)}`,
        );
    }
  }

  #refuse(topic: string, message: string): void {
    this.#parts.logger.warn(`A command over MQTT was refused: ${message}`, { topic });
    this.#parts.announce({ kind: "error", message, topic });
  }
}
