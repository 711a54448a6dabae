import type { AssetState } from "../assets/model-store.js";
import type { Clock } from "../base/clock.js";
import { type LifeMoment, type LifeSource, stageOf } from "../sessions/model-lives.js";
import type { ResidencyStateName } from "../sessions/snapshot.js";

/** A model that comes and goes all day keeps its newest moments. */
const MAX_MOMENTS = 40;

interface Life {
  asset: AssetState["name"];
  state: ResidencyStateName;
  readonly moments: LifeMoment[];
}

/** Remembers what each model did since the start, also what took too short a time for a snapshot to show. */
export class ModelLives implements LifeSource {
  readonly #clock: Clock;
  readonly #lives = new Map<string, Life>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something happened to its files. */
  noteAsset(id: string, asset: AssetState["name"]): void {
    this.#note(id, { asset });
  }

  /** Something happened to it in memory. */
  noteState(id: string, state: ResidencyStateName): void {
    this.#note(id, { state });
  }

  lives(): Readonly<Record<string, readonly LifeMoment[]>> {
    const told = [...this.#lives].filter(([, { moments }]) => moments.length > 0);
    return Object.fromEntries(told.map(([id, { moments }]) => [id, [...moments]]));
  }

  #note(id: string, change: Partial<Pick<Life, "asset" | "state">>): void {
    const life = this.#lives.get(id) ?? { asset: "missing", state: "cold", moments: [] };
    this.#lives.set(id, Object.assign(life, change));
    const stage = stageOf(life.asset, life.state);
    if (stage === (life.moments.at(-1)?.stage ?? "cold")) return;
    life.moments.push({ stage, atMs: this.#clock.nowMs() });
    if (life.moments.length > MAX_MOMENTS) life.moments.shift();
  }
}
