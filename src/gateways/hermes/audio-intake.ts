import type { PcmFormat } from "../../audio/pcm.js";
import { ProtocolError } from "../../base/errors.js";
import type { MqttMessage, MqttPort, MqttSubscription } from "../../base/mqtt-port.js";
import {
  FRAME_FILTERS,
  type FrameSource,
  frameFiltersOf,
  parseFrameTopic,
} from "../../protocol/hermes/audio.js";
import { parseRawTopic, RAW_FORMAT, rawTopic } from "../../protocol/hermes/raw-audio.js";
import { type AudioFrame, type KnownHeader, readAudioFrame, readRawFrame } from "./audio-frame.js";
import type { Sites } from "./sites.js";
import type { Tally } from "./tally.js";

/** Takes the sound of a site. `sessionId` is there when the sound is meant for that session alone. */
export type FrameListener = (source: FrameSource, frame: AudioFrame) => void;

interface Tap {
  readonly subscriptions: readonly MqttSubscription[];
  readonly listeners: Set<FrameListener>;
}

/**
 * The sound of all satellites. Where nobody listens for wake words here, the broker is asked only for the sites whose
 * sound is needed at the moment: an idle satellite streams 35 kB/s all day.
 */
export class AudioIntake {
  readonly #port: MqttPort;
  readonly #sites: Sites;
  readonly #tally: Tally;
  readonly #taps = new Map<string, Tap>();
  readonly #everySite = new Set<FrameListener>();
  readonly #headers = new Map<string, KnownHeader>();
  readonly #rawFormats = new Map<string, PcmFormat>();
  readonly #rawBase: string;
  readonly #stopForgetting: () => void;
  #everything: readonly MqttSubscription[] = [];

  /** @param rawBase topic below which bare samples arrive */
  constructor(port: MqttPort, sites: Sites, tally: Tally, rawBase: string) {
    this.#rawBase = rawBase;
    this.#port = port;
    this.#sites = sites;
    this.#tally = tally;
    this.#stopForgetting = sites.onForgotten((siteId) => this.#headers.delete(siteId));
  }

  /** Hears every site from now on. Call before `listen`: filters of one connection must not overlap. */
  listenToAll(listener: FrameListener): void {
    this.#everySite.add(listener);
    if (this.#everything.length === 0) {
      this.#everything = [...FRAME_FILTERS, rawTopic(this.#rawBase, "in")].map((filter) =>
        this.#subscribe(filter),
      );
    }
  }

  /** What the bare samples of a site are. @param format undefined: as they are unless told otherwise */
  setRawFormat(siteId: string, format: PcmFormat | undefined): void {
    if (format) this.#rawFormats.set(siteId, format);
    else this.#rawFormats.delete(siteId);
  }

  /** Hears one site until the returned function is called. */
  listen(siteId: string, listener: FrameListener): () => void {
    const tap = this.#taps.get(siteId) ?? {
      subscriptions:
        this.#everything.length > 0
          ? []
          : [...frameFiltersOf(siteId), rawTopic(this.#rawBase, "in", siteId)].map((filter) =>
              this.#subscribe(filter),
            ),
      listeners: new Set<FrameListener>(),
    };
    this.#taps.set(siteId, tap);
    tap.listeners.add(listener);
    return () => {
      if (!tap.listeners.delete(listener) || tap.listeners.size > 0) return;
      for (const subscription of tap.subscriptions) subscription.close();
      this.#taps.delete(siteId);
    };
  }

  close(): void {
    this.#stopForgetting();
    for (const { subscriptions } of this.#taps.values()) for (const each of subscriptions) each.close();
    for (const each of this.#everything) each.close();
    this.#taps.clear();
    this.#everySite.clear();
    this.#everything = [];
  }

  #subscribe(filter: string): MqttSubscription {
    return this.#port.subscribe(filter, 0, (message) => this.#hear(message));
  }

  #hear({ topic, payload, retained }: MqttMessage): void {
    // Stored sound is of no moment.
    const source = retained ? undefined : this.#admit(topic);
    const isRaw = topic.startsWith(`${this.#rawBase}/`);
    const frame = source && this.#read(source.siteId, payload, isRaw);
    if (!frame || frame.pcm.length === 0) return;
    const listeners = [...this.#everySite, ...(this.#taps.get(source.siteId)?.listeners ?? [])];
    for (const listener of listeners) listener(source, frame);
  }

  #admit(topic: string): FrameSource | undefined {
    const source = parseFrameTopic(topic) ?? this.#rawSource(topic);
    if (!source) {
      this.#tally.refuseMessage(topic, new ProtocolError("malformed-frame", "The topic names no satellite"));
      return undefined;
    }
    if (!this.#sites.admit(source.siteId)) {
      this.#tally.refuseSite(source.siteId);
      return undefined;
    }
    if (this.#sites.admitFrame(source.siteId)) return source;
    const error = new ProtocolError("unexpected-event", "It sends too many audio messages a second");
    this.#tally.refuseFrame(source.siteId, error);
    return undefined;
  }

  #rawSource(topic: string): FrameSource | undefined {
    const found = parseRawTopic(this.#rawBase, topic);
    return found?.kind === "in" ? { siteId: found.siteId } : undefined;
  }

  #read(siteId: string, payload: Uint8Array, isRaw: boolean): AudioFrame | undefined {
    try {
      if (isRaw) return readRawFrame(payload, this.#rawFormats.get(siteId) ?? RAW_FORMAT);
      const { frame, header } = readAudioFrame(payload, this.#headers.get(siteId));
      if (header) this.#headers.set(siteId, header);
      return frame;
    } catch (error) {
      this.#tally.refuseFrame(siteId, error);
      return undefined;
    }
  }
}
