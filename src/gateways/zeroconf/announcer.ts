import type { Responder } from "@homebridge/ciao";
import type { Clock } from "../../base/clock.js";
import { withDeadline } from "../../base/deadline.js";
import { InternalError, messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";

/** A Wyoming port for others to find. */
export interface Announcement {
  /** Instance name. Home Assistant takes another name for another device, so it must stay the same for ever. */
  readonly name: string;
  readonly port: number;
}

const IP_ADDRESS = /^[\d.]+$|:/;
/** DNS labels are no longer. */
const MAX_NAME_BYTES = 63;
/** Longest wait for the goodbye to be sent. */
const GOODBYE_MS = 3_000;

/**
 * Tells the local network where Wyoming is spoken, as `_wyoming._tcp.local.`. Without a network that carries multicast
 * nothing is told, and the program works on.
 * @see https://www.rfc-editor.org/rfc/rfc6763
 */
export class ZeroconfAnnouncer {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #address: string | undefined;
  #responder: Promise<Responder> | undefined;
  #closed = false;

  /** @param host what the ports listen on; only that address is told unless it stands for all */
  constructor({ host, clock, log }: { host: string; clock: Clock; log: Logger }) {
    this.#clock = clock;
    this.#log = log;
    this.#address = IP_ADDRESS.test(host) && host !== "0.0.0.0" && host !== "::" ? host : undefined;
  }

  /** Resolves once the network was told, or could not be. Never rejects. */
  async announce({ name, port }: Announcement): Promise<void> {
    if (this.#closed) return;
    try {
      this.#responder ??= openResponder();
      const service = (await this.#responder).createService({
        name: shortened(name),
        type: "wyoming",
        port,
        // Nobody asks for it, but without any text the library takes its own record for a rival's and starts over.
        txt: { protocol: "wyoming" },
        ...(this.#address ? { restrictedAddresses: [this.#address] } : {}),
      });
      if (this.#closed) return;
      await service.advertise();
      if (this.#closed) return;
      this.#log.info(`Zeroconf announces ${service.getFQDN()} at port ${port}`);
    } catch (error) {
      if (!this.#closed) this.#log.warn(`Zeroconf cannot announce ${name}: ${messageOf(error)}`);
    }
  }

  /** Says goodbye for all names, so that nobody keeps them. Never rejects. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#responder) return;
    try {
      const late = () => new InternalError("invariant-broken", "The goodbye was not sent in time.");
      const goodbye = this.#responder.then((responder) => responder.shutdown());
      await withDeadline(goodbye, { clock: this.#clock, limitMs: GOODBYE_MS, late });
    } catch (error) {
      this.#log.debug(`zeroconf ended badly: ${messageOf(error)}`);
    }
  }
}

/** Loaded only where it is wanted: most installations announce nothing. */
async function openResponder(): Promise<Responder> {
  const { getResponder } = await import("@homebridge/ciao");
  return getResponder();
}

/** The name cut to what a label holds, never within a character. */
function shortened(name: string): string {
  let kept = "";
  for (const sign of name) {
    if (Buffer.byteLength(kept + sign) > MAX_NAME_BYTES) break;
    kept += sign;
  }
  return kept;
}
