import { EngineError, InternalError, SessionError } from "../base/errors.js";
import type {
  ProviderDescriptor,
  SpeechStream,
  VoiceDetectorStream,
  WakeStream,
} from "../engines/capability.js";
import type { Lane } from "../engines/lane.js";
import { ChunkWindow } from "./chunk-window.js";
import { encodeError } from "./error-wire.js";
import { HostedModels } from "./hosted-models.js";
import {
  type Call,
  type CallName,
  type CallParams,
  type CallResult,
  CHUNK_SAMPLES,
  type FromWorker,
  type ToWorker,
} from "./protocol.js";

/** What the parent numbered and this process keeps. */
type HostedSession = { readonly model: string } & (
  | { readonly kind: "stt"; readonly lane: Lane; readonly stream: SpeechStream }
  | { readonly kind: "vad"; readonly lane: Lane; readonly stream: VoiceDetectorStream }
  | { readonly kind: "wake"; readonly lane: Lane; readonly stream: WakeStream }
  | { readonly kind: "tts"; readonly window: ChunkWindow }
);

type Handlers = { readonly [N in CallName]: (params: CallParams<N>) => Promise<CallResult<N>> };

export interface WorkerHostOptions {
  readonly find: (provider: string) => ProviderDescriptor | undefined;
  readonly send: (message: FromWorker) => void;
  /** Called once the models are closed after a request to stop. */
  readonly onStopped: () => void;
}

/**
 * The child's side of a worker: loads models, keeps sessions, answers calls. An engine that blocks the thread blocks
 * only this process.
 */
export class WorkerHost {
  readonly #send: (message: FromWorker) => void;
  readonly #onStopped: () => void;
  readonly #models: HostedModels;
  readonly #sessions = new Map<number, HostedSession>();
  readonly #handlers: Handlers;

  constructor({ find, send, onStopped }: WorkerHostOptions) {
    this.#send = send;
    this.#onStopped = onStopped;
    this.#models = new HostedModels(find, (model, message) => send({ kind: "warning", model, message }));
    this.#handlers = {
      load: ({ spec }) => this.#models.load(spec),
      unload: ({ model }) => this.#unload(model),
      // Not in the lane: compiling takes seconds, and utterances go on meanwhile.
      "prepare-phrases": async ({ model, book }) => {
        const { provider } = this.#models.get(model, "stt");
        if (provider.prepare && provider.takesPhrases) return provider.prepare(book);
        throw new EngineError(
          "engine-unavailable",
          `${model} cannot be held to sentences; use a Vosk model.`,
        );
      },
      "open-speech": async ({ session, model, options }) => {
        const { provider, lane } = this.#models.get(model, "stt");
        const stream = await lane.run(() => provider.open(options));
        this.#sessions.set(session, { kind: "stt", model, lane, stream });
      },
      "speech-accept": ({ session, samples }) => {
        const { lane, stream } = this.#session(session, "stt");
        return lane.run(() => this.#unlessGone(session, () => stream.accept(samples)));
      },
      "speech-finish": async ({ session }) => {
        const { lane, stream } = this.#session(session, "stt");
        try {
          return await lane.run(() => this.#unlessGone(session, () => stream.finish()));
        } finally {
          this.#sessions.delete(session);
        }
      },
      synthesize: (params) => this.#synthesize(params),
      "open-vad": async ({ session, model }) => {
        const { provider, lane } = this.#models.get(model, "vad");
        this.#sessions.set(session, { kind: "vad", model, lane, stream: provider.open() });
      },
      "vad-accept": ({ session, samples }) => {
        const { lane, stream } = this.#session(session, "vad");
        return lane.run(() => this.#unlessGone(session, () => stream.accept(samples)));
      },
      "open-wake": async ({ session, model, options }) => {
        const { provider, lane } = this.#models.get(model, "wake");
        this.#sessions.set(session, { kind: "wake", model, lane, stream: provider.open(options) });
      },
      "wake-accept": ({ session, samples }) => {
        const { lane, stream } = this.#session(session, "wake");
        return lane.run(() => this.#unlessGone(session, () => stream.accept(samples)));
      },
    };
  }

  /** Takes one message from the parent. Never throws; failures are answered. */
  receive(message: ToWorker): void {
    switch (message.kind) {
      case "call":
        void this.#answer(message);
        return;
      case "cancel":
        void this.#cancel(message.session);
        return;
      case "chunk-read": {
        const session = this.#sessions.get(message.session);
        if (session?.kind === "tts") session.window.read();
        return;
      }
      case "stop":
        void this.#stop();
        return;
    }
  }

  async #answer(call: Call): Promise<void> {
    // Name and params belong together by the type of Call; indexing by the union of names loses that pairing.
    const handle = this.#handlers[call.name] as (params: Call["params"]) => Promise<unknown>;
    try {
      // The handler may also throw before its first await.
      const result = await Promise.resolve(call.params).then(handle);
      this.#send({ kind: "answer", id: call.id, result });
    } catch (error) {
      const fallback = call.name === "load" ? "engine-load-failed" : "engine-failed";
      this.#send({ kind: "failure", id: call.id, error: encodeError(error, fallback) });
    }
  }

  async #synthesize({ session, model, request }: CallParams<"synthesize">): Promise<undefined> {
    const { provider, lane } = this.#models.get(model, "tts");
    const window = new ChunkWindow();
    this.#sessions.set(session, { kind: "tts", model, window });
    const pieces = provider.synthesize(request, window.signal)[Symbol.asyncIterator]();
    try {
      while (!window.signal.aborted) {
        const piece = await lane.run(() => pieces.next());
        if (piece.done || !(await this.#sendPiece(session, window, piece.value))) break;
      }
    } finally {
      this.#sessions.delete(session);
      await pieces.return?.();
    }
    return undefined;
  }

  /** @returns false when the consumer left. */
  async #sendPiece(session: number, window: ChunkWindow, piece: Float32Array): Promise<boolean> {
    for (let start = 0; start < piece.length; start += CHUNK_SAMPLES) {
      if (!(await window.take())) return false;
      this.#send({ kind: "chunk", session, samples: piece.subarray(start, start + CHUNK_SAMPLES) });
    }
    return true;
  }

  #session<K extends HostedSession["kind"]>(session: number, kind: K): Extract<HostedSession, { kind: K }> {
    const hosted = this.#sessions.get(session);
    if (!hosted) throw new SessionError("cancelled", "The session has ended.");
    if (hosted.kind !== kind) {
      throw new InternalError("invariant-broken", `session ${session} is ${hosted.kind}, not ${kind}`);
    }
    // The line above compared the discriminant; a generic key does not narrow the union.
    return hosted as Extract<HostedSession, { kind: K }>;
  }

  /** A session can be cancelled while its call waits for its turn; its stream must not be touched then. */
  #unlessGone<T>(session: number, task: () => Promise<T>): Promise<T> {
    if (this.#sessions.has(session)) return task();
    return Promise.reject(new SessionError("cancelled", "The session was cancelled."));
  }

  async #cancel(session: number): Promise<void> {
    const hosted = this.#sessions.get(session);
    if (!hosted) return;
    if (hosted.kind === "tts") return hosted.window.cancel();
    this.#sessions.delete(session);
    try {
      await hosted.lane.run(async () => hosted.stream.cancel());
    } catch (error) {
      const message = `cancelling a session failed: ${encodeError(error, "engine-failed").message}`;
      this.#send({ kind: "warning", model: hosted.model, message });
    }
  }

  async #unload(model: string): Promise<undefined> {
    const open = [...this.#sessions].filter(([, session]) => session.model === model);
    for (const [id] of open) await this.#cancel(id);
    await this.#models.unload(model);
    return undefined;
  }

  async #stop(): Promise<void> {
    for (const [, session] of this.#sessions) if (session.kind === "tts") session.window.cancel();
    try {
      await this.#models.unloadAll();
    } catch (error) {
      // The process ends right after, which frees what the engine would not.
      this.#send({ kind: "warning", model: "", message: encodeError(error, "engine-failed").message });
    }
    this.#onStopped();
  }
}
