import { InternalError, type VoiceError } from "../base/errors.js";

/**
 * What one model holds. `bytes` stays reserved from `loading` until its worker process has exited (or, in a shared
 * worker, until the model has been dropped there). "Busy" is no state: it is `ready` with `leases` above 0.
 */
export type ModelStates = {
  cold: { readonly name: "cold" };
  loading: { readonly name: "loading"; readonly bytes: number };
  warming: { readonly name: "warming"; readonly bytes: number };
  ready: { readonly name: "ready"; readonly bytes: number; readonly leases: number };
  draining: { readonly name: "draining"; readonly bytes: number; readonly leases: number };
  /** `retryAtMs` is wall time; `Infinity` waits until somebody asks for a retry. */
  failed: { readonly name: "failed"; readonly error: VoiceError; readonly retryAtMs: number };
};
export type ModelStateName = keyof ModelStates;
export type ModelState = ModelStates[ModelStateName];

type Failure = { readonly error: VoiceError; readonly retryAtMs: number };
type Inputs = {
  /** Memory was promised; the worker may start. */
  reserve: { readonly bytes: number };
  /** It could not even be tried: no files, say. */
  refused: Failure;
  loaded: object;
  /** The warm-up inference went well; `bytes` is what was measured. */
  warmed: { readonly bytes: number };
  /** A later measurement. */
  measured: { readonly bytes: number };
  lease: object;
  release: object;
  /** To go, once nobody uses it. */
  evict: object;
  /** Its memory is back. */
  exited: object;
  /** Its process ended by itself, or had to be ended. Its memory is back. */
  crashed: Failure;
};
export type ModelInputName = keyof Inputs;
export type ModelInput = { [I in ModelInputName]: { readonly type: I } & Inputs[I] }[ModelInputName];

type Table = {
  readonly [S in ModelStateName]: {
    readonly [I in ModelInputName]?: (state: ModelStates[S], input: Inputs[I]) => ModelState;
  };
};

export const COLD: ModelStates["cold"] = { name: "cold" };

const load = (_: ModelState, { bytes }: Inputs["reserve"]): ModelState => ({
  name: "loading",
  bytes: checkBytes(bytes),
});
const fail = (_: ModelState, { error, retryAtMs }: Failure): ModelState => ({
  name: "failed",
  error,
  retryAtMs,
});
const resize = <S extends { readonly bytes: number }>(state: S, { bytes }: Inputs["measured"]): S => ({
  ...state,
  bytes: checkBytes(bytes),
});
const release = <S extends { readonly leases: number }>(state: S): S => {
  if (state.leases < 1) throw broken("a lease was released twice");
  return { ...state, leases: state.leases - 1 };
};
const drain = ({ bytes }: ModelStates["loading" | "warming"]): ModelState => ({
  name: "draining",
  bytes,
  leases: 0,
});

const TABLE: Table = {
  cold: { reserve: load, refused: fail },
  failed: { reserve: load, refused: fail },
  loading: {
    loaded: ({ bytes }) => ({ name: "warming", bytes }),
    measured: resize,
    evict: drain,
    crashed: fail,
  },
  warming: {
    measured: resize,
    warmed: (_, { bytes }) => ({ name: "ready", bytes: checkBytes(bytes), leases: 0 }),
    evict: drain,
    crashed: fail,
  },
  ready: {
    lease: (state) => ({ ...state, leases: state.leases + 1 }),
    release,
    measured: resize,
    evict: ({ bytes, leases }) => ({ name: "draining", bytes, leases }),
    crashed: fail,
  },
  draining: {
    release,
    measured: resize,
    exited: ({ leases }) => {
      if (leases > 0) throw broken("a model left memory while it was leased");
      return COLD;
    },
    // Those who hold a lease learn of it from their worker.
    crashed: () => COLD,
  },
};

/**
 * The only place a model changes state. Pure: timers, workers and sensors react to what it returns.
 * @throws {InternalError} `invariant-broken` for every input a state does not know
 */
export function step(state: ModelState, input: ModelInput): ModelState {
  // TABLE's type pairs a row with its state and input; indexing by two unions loses that pairing.
  const row = TABLE[state.name][input.type] as
    | ((state: ModelState, input: ModelInput) => ModelState)
    | undefined;
  if (!row) throw broken(`a ${state.name} model cannot take ${input.type}`);
  return row(state, input);
}

/** Bytes this state keeps promised. */
export function bytesOf(state: ModelState): number {
  return "bytes" in state ? state.bytes : 0;
}

/** Leases held in this state. */
export function leasesOf(state: ModelState): number {
  return "leases" in state ? state.leases : 0;
}

function checkBytes(bytes: number): number {
  if (!Number.isFinite(bytes) || bytes < 0) throw broken(`${bytes} is no amount of memory`);
  return bytes;
}

function broken(what: string): InternalError {
  return new InternalError("invariant-broken", what);
}
