import { messageOf, VoiceError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";

/** What the bridge has refused since it started. */
export interface HermesTally {
  /** Audio messages that were no sound, too long or too many. */
  readonly framesRefused: number;
  /** Other messages that made no sense. */
  readonly messagesRefused: number;
  /** Messages of sites that are not served. */
  readonly sitesRefused: number;
}

/** Most peers a complaint is logged for; the rest are only counted. */
const MAX_COMPLAINTS = 100;

/** Counts what is refused, and says it once for each peer and reason: a broken satellite sends 60 messages a second. */
export class Tally {
  readonly #logger: Logger;
  readonly #complained = new Set<string>();
  #framesRefused = 0;
  #messagesRefused = 0;
  #sitesRefused = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  counts(): HermesTally {
    return {
      framesRefused: this.#framesRefused,
      messagesRefused: this.#messagesRefused,
      sitesRefused: this.#sitesRefused,
    };
  }

  refuseFrame(siteId: string, error: unknown): void {
    this.#framesRefused += 1;
    this.#complain(`Sound from satellite ${siteId} is refused: ${messageOf(error)}`, siteId, error);
  }

  refuseMessage(topic: string, error: unknown): void {
    this.#messagesRefused += 1;
    this.#complain(`A message on ${topic.slice(0, 100)} is refused: ${messageOf(error)}`, topic, error);
  }

  refuseSite(siteId: string): void {
    this.#sitesRefused += 1;
    this.#complain(
      `Satellite ${siteId} is not served: it is not among the sites, or there are too many`,
      siteId,
      "site",
    );
  }

  #complain(line: string, peer: string, reason: unknown): void {
    const key = `${peer} ${reason instanceof VoiceError ? reason.code : String(reason)}`.slice(0, 300);
    if (this.#complained.size >= MAX_COMPLAINTS || this.#complained.has(key)) return;
    this.#complained.add(key);
    this.#logger.info(line);
  }
}
