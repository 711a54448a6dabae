import type { Clock } from "../../base/clock.js";
import { Emitter } from "../../base/emitter.js";
import type { HermesOptions } from "./options.js";

/** A site may be forgotten for another one after this long without a message. */
const IDLE_MS = 60_000;

interface Site {
  seenAtMs: number;
  /** Audio messages it may still send just now. */
  allowance: number;
  allowanceAtMs: number;
}

/**
 * The sites that are served: at most so many, so that a peer that makes up names cannot fill our memory. When there are
 * too many, the one that was silent longest is forgotten, unless all of them are alive.
 */
export class Sites {
  readonly #options: Pick<HermesOptions, "sites" | "maxSites" | "maxFramesPerSecond">;
  readonly #clock: Clock;
  readonly #known = new Map<string, Site>();
  readonly #events = new Emitter<{ forgotten: string }>();

  constructor(options: Pick<HermesOptions, "sites" | "maxSites" | "maxFramesPerSecond">, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Names of the sites heard of, in order. */
  names(): readonly string[] {
    return [...this.#known.keys()].sort();
  }

  /** Called with a site that is not served any more: whatever is kept for it can go. */
  onForgotten(listener: (siteId: string) => void): () => void {
    return this.#events.on("forgotten", listener);
  }

  /** Notes that something came from or for a site. @returns false when it is not served */
  admit(siteId: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#known.get(siteId);
    if (known) {
      known.seenAtMs = nowMs;
      return true;
    }
    const { sites, maxSites, maxFramesPerSecond } = this.#options;
    if (sites.length > 0 && !sites.includes(siteId)) return false;
    if (this.#known.size >= maxSites && !this.#forgetIdle(nowMs)) return false;
    this.#known.set(siteId, { seenAtMs: nowMs, allowance: maxFramesPerSecond, allowanceAtMs: nowMs });
    return true;
  }

  /** Like `admit`, for an audio message. @returns false when the site sends too many of them, too */
  admitFrame(siteId: string): boolean {
    if (!this.admit(siteId)) return false;
    const site = this.#known.get(siteId);
    if (!site) return false;
    const { maxFramesPerSecond } = this.#options;
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - site.allowanceAtMs) / 1_000) * maxFramesPerSecond;
    site.allowance = Math.min(maxFramesPerSecond, site.allowance + earned);
    site.allowanceAtMs = nowMs;
    if (site.allowance < 1) return false;
    site.allowance -= 1;
    return true;
  }

  #forgetIdle(nowMs: number): boolean {
    const [siteId, site] = [...this.#known].reduce((a, b) => (b[1].seenAtMs < a[1].seenAtMs ? b : a));
    if (nowMs - site.seenAtMs < IDLE_MS) return false;
    this.#known.delete(siteId);
    this.#events.emit("forgotten", siteId);
    return true;
  }
}
