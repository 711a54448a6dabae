import { ProtocolError } from "../../base/errors.js";
import {
  asrToggleOff,
  asrToggleOn,
  type SiteSession,
  type StartListening,
  startListening,
  stopListening,
  TRAIN_FILTER,
  trainSuccess,
} from "../../protocol/hermes/asr.js";
import { recordError } from "../../protocol/hermes/failure.js";
import { parseFields } from "../../protocol/hermes/fields.js";
import { type Toggle, withToggle } from "../../protocol/hermes/toggle.js";
import { ListeningSession } from "./listening-session.js";
import type { Role, RoleParts } from "./role.js";

/** The speech-to-text service: what is said at a site between `startListening` and silence becomes text. */
export class Listening implements Role {
  readonly #parts: RoleParts;
  readonly #sessions = new Map<string, ListeningSession>();
  /** Sites that are not to listen, and why not. */
  readonly #muted = new Map<string, ReadonlySet<string>>();
  #stops: (() => void)[] = [];

  constructor(parts: RoleParts) {
    this.#parts = parts;
  }

  start(): void {
    const { inbox, sites, logger } = this.#parts;
    this.#stops = [
      inbox.on(startListening, (request) => this.#open(request)),
      inbox.on(stopListening, (request) => this.#stop(request)),
      inbox.on(asrToggleOn, (toggle) => this.#toggle(toggle, true)),
      inbox.on(asrToggleOff, (toggle) => this.#toggle(toggle, false)),
      inbox.onTopic(TRAIN_FILTER, ({ topic, payload }) => {
        // Our models need no training: whoever waits for it may go on.
        const answer = trainSuccess(topic, parseFields(payload));
        if (!answer) throw new ProtocolError("malformed-frame", "The topic names no site");
        inbox.sendEncoded(answer);
      }),
      inbox.on(recordError, ({ siteId, error }) =>
        logger.warn(`A satellite cannot record: ${error}`, { satellite: siteId }),
      ),
      // A switch back on that was lost would leave a site deaf for good.
      inbox.onReconnect(() => this.#muted.clear()),
      sites.onForgotten((siteId) => {
        this.#muted.delete(siteId);
        this.#sessions.get(siteId)?.cancel();
      }),
    ];
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const session of [...this.#sessions.values()]) session.cancel();
  }

  #open(request: StartListening): void {
    const { siteId } = request;
    // One at a time: what the site has said so far is worked out, and its sound now belongs to the new session.
    this.#sessions.get(siteId)?.finish();
    const session: ListeningSession = new ListeningSession(request, this.#parts, {
      isMuted: () => (this.#muted.get(siteId)?.size ?? 0) > 0,
      onClosed: () => {
        if (this.#sessions.get(siteId) === session) this.#sessions.delete(siteId);
      },
    });
    this.#sessions.set(siteId, session);
    session.open();
  }

  #stop({ siteId, sessionId }: SiteSession): void {
    const session = this.#sessions.get(siteId);
    if (session && (sessionId === undefined || sessionId === session.sessionId)) session.finish();
  }

  #toggle({ siteId, reason }: Toggle, on: boolean): void {
    const reasons = withToggle(this.#muted.get(siteId) ?? new Set(), on, reason);
    if (reasons.size === 0) this.#muted.delete(siteId);
    else this.#muted.set(siteId, reasons);
  }
}
