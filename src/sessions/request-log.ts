import { randomUUID } from "node:crypto";
import type { Clock } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { RequestsSnapshot, RequestTrace } from "./snapshot.js";
import { StageTotals } from "./stage-totals.js";
import type { Origin } from "./voice.js";

/** How many finished requests are kept for looking at. */
const RECENT = 50;
/** How many stages of one request are kept; a wake stream reaches new ones for as long as it lives. */
const MAX_STAGES = 40;

type Kind = RequestTrace["kind"];
type Outcome = Exclude<RequestTrace["outcome"], "running">;

/** One request as it goes through its stages. Ending it twice keeps the first end. */
export interface RunningTrace {
  readonly id: string;
  readonly log: Logger;
  /** Notes that a stage was reached: `queued`, `waiting for model`, `decode`, `first audio`, … The newest are kept. */
  stage(name: string): void;
  set(
    facts: Partial<
      Pick<RequestTrace, "model" | "language" | "degraded" | "audioSeconds" | "decided" | "why">
    >,
  ): void;
  /** Notes the last stage, which is called as the outcome is. */
  end(outcome: Outcome, error?: unknown): void;
}

/** Keeps count of requests and the newest of them, without any of their text. */
export class RequestLog {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #changed: () => void;
  readonly #running = new Map<string, RequestTrace>();
  readonly #finished: RequestTrace[] = [];
  readonly #stageTotals = new StageTotals();
  #total = 0;
  #failed = 0;
  #lastSttMs: number | undefined;
  #lastTtsMs: number | undefined;

  constructor({ clock, log, changed }: { clock: Clock; log: Logger; changed: () => void }) {
    this.#clock = clock;
    this.#log = log;
    this.#changed = changed;
  }

  begin(kind: Kind, origin: Origin, language?: string): RunningTrace {
    const id = randomUUID().slice(0, 8);
    const log = this.#log.child({
      session: id,
      gateway: origin.gateway,
      ...(origin.peer ? { peer: origin.peer } : {}),
    });
    const startedAtMs = this.#clock.nowMs();
    const started = this.#clock.monotonicMs();
    // Wall time jumps when a board without a clock of its own finds the network; stages must not.
    const nowMs = () => startedAtMs + this.#clock.monotonicMs() - started;
    this.#total += 1;
    this.#running.set(id, {
      id,
      kind,
      gateway: origin.gateway,
      ...(origin.peer ? { peer: origin.peer } : {}),
      ...(language ? { language } : {}),
      startedAtMs,
      stages: [],
      outcome: "running",
    });
    this.#changed();
    return {
      id,
      log,
      stage: (name) => {
        log.debug(name);
        const stage = { name, atMs: nowMs() };
        this.#update(id, ({ stages }) => ({ stages: [...stages, stage].slice(-MAX_STAGES) }));
      },
      set: (facts) => this.#update(id, () => facts),
      end: (outcome, error) => {
        if (!this.#running.has(id)) return;
        const atMs = nowMs();
        const { model } = this.#running.get(id) ?? {};
        log.debug(outcome, { ms: Math.round(atMs - startedAtMs), ...(model ? { model } : {}) });
        this.#update(id, ({ stages }) => ({
          stages: [...stages, { name: outcome, atMs }].slice(-MAX_STAGES),
        }));
        this.#end(id, outcome, error);
      },
    };
  }

  snapshot(): RequestsSnapshot {
    const stageTotals = this.#stageTotals.list();
    return {
      total: this.#total,
      failed: this.#failed,
      active: this.#running.size,
      ...(this.#lastSttMs === undefined ? {} : { lastSttMs: this.#lastSttMs }),
      ...(this.#lastTtsMs === undefined ? {} : { lastTtsMs: this.#lastTtsMs }),
      ...(stageTotals.length > 0 ? { stageTotals } : {}),
      recent: [...[...this.#running.values()].reverse(), ...this.#finished].slice(0, RECENT),
    };
  }

  #update(id: string, change: (trace: RequestTrace) => Partial<RequestTrace>): void {
    const trace = this.#running.get(id);
    if (trace) this.#running.set(id, { ...trace, ...change(trace) });
  }

  #end(id: string, outcome: Outcome, error?: unknown): void {
    const trace = this.#running.get(id);
    if (!trace) return;
    this.#running.delete(id);
    const ended = { ...trace, outcome, ...(error === undefined ? {} : { error: messageOf(error) }) };
    this.#finished.unshift(ended);
    this.#finished.splice(RECENT);
    this.#stageTotals.add(ended);
    if (outcome === "failed") this.#failed += 1;
    if (outcome === "done") this.#keepLatency(ended);
    this.#changed();
  }

  /** What a person waits for: from the end of the audio to the text, from the text to the first sound. */
  #keepLatency(trace: RequestTrace): void {
    const at = (name: string) => trace.stages.find((stage) => stage.name === name)?.atMs;
    if (trace.kind === "transcribe") {
      const from = at("audio ended");
      const to = at("text");
      if (from !== undefined && to !== undefined) this.#lastSttMs = to - from;
    }
    if (trace.kind === "synthesize") {
      const first = at("first audio");
      if (first !== undefined) this.#lastTtsMs = first - trace.startedAtMs;
    }
  }
}
