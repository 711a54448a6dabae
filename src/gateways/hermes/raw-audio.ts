import { checkPcmFormat, type PcmFormat } from "../../audio/pcm.js";
import { ProtocolError, SessionError } from "../../base/errors.js";
import type { MqttMessage } from "../../base/mqtt-port.js";
import { startListening, stopListening } from "../../protocol/hermes/asr.js";
import { present } from "../../protocol/hermes/fields.js";
import { parseRawControl, parseRawFormat, parseRawTopic, rawTopic } from "../../protocol/hermes/raw-audio.js";
import type { Role, RoleParts } from "./role.js";

/**
 * Topics of our own for makers of satellites who want to send bare samples: their format, and when to listen. The
 * samples themselves go through the same intake as all sound.
 */
export class RawAudio implements Role {
  readonly #parts: RoleParts;
  #stops: (() => void)[] = [];

  constructor(parts: RoleParts) {
    this.#parts = parts;
  }

  start(): void {
    const { inbox, sites, intake, options } = this.#parts;
    this.#stops = [
      // It is stored at the broker, so that a satellite needs to say it once only.
      inbox.onTopic(rawTopic(options.rawTopic, "format"), (message) => this.#format(message), {
        stored: true,
      }),
      inbox.onTopic(rawTopic(options.rawTopic, "ctl"), (message) => this.#control(message)),
      sites.onForgotten((siteId) => intake.setRawFormat(siteId, undefined)),
    ];
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #format({ topic, payload }: MqttMessage): void {
    this.#parts.inbox.admitted({ siteId: this.#siteOf(topic) }, ({ siteId }) => {
      // An empty message takes the stored one away.
      this.#parts.intake.setRawFormat(siteId, payload.length === 0 ? undefined : formatIn(payload));
    });
  }

  #control({ topic, payload }: MqttMessage): void {
    const { inbox } = this.#parts;
    const siteId = this.#siteOf(topic);
    const { cmd, id: sessionId, lang } = parseRawControl(payload);
    inbox.admitted({ siteId }, () => {
      // Over the broker, as everybody asks: speech to text may be somebody else's.
      if (cmd === "stop") inbox.send(stopListening, { siteId, ...present({ sessionId }) });
      else {
        const manner = { stopOnSilence: true, sendAudioCaptured: false };
        inbox.send(startListening, { siteId, ...manner, ...present({ sessionId, lang }) });
      }
    });
  }

  #siteOf(topic: string): string {
    const found = parseRawTopic(this.#parts.options.rawTopic, topic);
    if (found) return found.siteId;
    throw new ProtocolError("malformed-frame", "The topic names no satellite");
  }
}

/** @throws {ProtocolError} `malformed-frame` also for a format no engine takes: the inbox counts those */
function formatIn(payload: Uint8Array): PcmFormat {
  const format = parseRawFormat(payload);
  try {
    checkPcmFormat(format);
    return format;
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    throw new ProtocolError("malformed-frame", error.message, { cause: error });
  }
}
