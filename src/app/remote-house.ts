import { Agent, fetch, type Response } from "undici";
import { messageOf } from "../base/errors.js";
import type { Capability } from "../catalog/manifest.js";
import type { Garbage, ModelChoice, ModelInUse } from "../sessions/controls.js";
import type { Foresight } from "../sessions/foresight.js";
import type { HomeTest, HomeView } from "../sessions/home.js";
import type { Snapshot } from "../sessions/snapshot.js";
import type { TranscribeResult } from "../sessions/voice.js";
import type { House } from "./house.js";
import { RemoteError, type RemoteProblem } from "./remote-error.js";
import { eventsOf } from "./server-sent-events.js";

/** What a request carries beyond its address. */
interface Question {
  readonly body?: Uint8Array | string;
  readonly type?: string;
  readonly signal?: AbortSignal;
}

/** Commands answered by a server that runs already, over its HTTP interface. */
export class RemoteHouse implements House {
  readonly kind = "server";
  readonly #url: string;
  readonly #key: string | undefined;
  // A download or a warm-up is answered when it is done, and that may take far longer than any usual patience.
  readonly #agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

  /** @param key where the server lets nobody in without */
  constructor(url: string, key?: string) {
    this.#key = key;
    this.#url = url.replace(/\/$/, "");
  }

  async status(): Promise<Snapshot> {
    return (await this.#ask("GET", "/api/status")).json() as Promise<Snapshot>;
  }

  async watch(onSnapshot: (snapshot: Snapshot) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      const { body } = await this.#ask("GET", "/api/events", { signal });
      for await (const data of eventsOf(body ?? [])) onSnapshot(JSON.parse(data) as Snapshot);
    } catch (error) {
      // The stream breaks off when we stop listening and when the server ends.
      if (!signal.aborted && !(error instanceof TypeError)) throw error;
    }
  }

  async find(name: string, capability?: Capability): Promise<string> {
    const query = queryOf({ name, capability });
    return ((await (await this.#ask("GET", `/api/models/find?${query}`)).json()) as { id: string }).id;
  }

  async transcribe(wav: Uint8Array, options: Record<string, string | undefined>): Promise<TranscribeResult> {
    const question = { body: wav, type: "audio/wav" };
    const response = await this.#ask("POST", `/api/transcribe?${queryOf(options)}`, question);
    return response.json() as Promise<TranscribeResult>;
  }

  async say(text: string, options: Record<string, string | undefined>): Promise<Uint8Array> {
    const question = { body: JSON.stringify({ text, ...options }), type: "application/json" };
    return new Uint8Array(await (await this.#ask("POST", "/api/say", question)).arrayBuffer());
  }

  async pull(model: string): Promise<void> {
    await this.#act(model, "pull");
  }

  async remove(model: string): Promise<void> {
    await this.#act(model, "remove");
  }

  async check(model: string): Promise<string | undefined> {
    const { result } = (await (await this.#act(model, "check")).json()) as { result: string };
    return result === "whole" ? undefined : result;
  }

  async warmUp(model: string): Promise<void> {
    await this.#act(model, "warm-up");
  }

  async unload(model: string): Promise<void> {
    await this.#act(model, "unload");
  }

  async use({ capability, language, model }: ModelChoice): Promise<ModelInUse> {
    const body = JSON.stringify({ capability, language, model: model ?? "auto" });
    const response = await this.#ask("POST", "/api/models/use", { body, type: "application/json" });
    return response.json() as Promise<ModelInUse>;
  }

  async collectGarbage(remove: boolean): Promise<readonly Garbage[]> {
    const response = remove
      ? await this.#ask("POST", "/api/garbage/remove")
      : await this.#ask("GET", "/api/garbage");
    return ((await response.json()) as { garbage: readonly Garbage[] }).garbage;
  }

  async plan(): Promise<Foresight> {
    return (await this.#ask("GET", "/api/plan")).json() as Promise<Foresight>;
  }

  async home(): Promise<HomeView> {
    return (await this.#ask("GET", "/api/home")).json() as Promise<HomeView>;
  }

  async testSentence(sentence: string, language?: string): Promise<HomeTest> {
    const response = await this.#ask("GET", `/api/home/test?${queryOf({ sentence, language })}`);
    return response.json() as Promise<HomeTest>;
  }

  async listen(): Promise<void> {
    // The server does, or has told why it does not.
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #act(model: string, action: string): Promise<Response> {
    return this.#ask("POST", `/api/models/${model.split("/").map(encodeURIComponent).join("/")}/${action}`);
  }

  async #ask(method: string, path: string, { body, type, signal }: Question = {}): Promise<Response> {
    const headers = {
      ...(type ? { "content-type": type } : {}),
      ...(this.#key ? { authorization: `Bearer ${this.#key}` } : {}),
    };
    const request = {
      method,
      dispatcher: this.#agent,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
    };
    const response = await fetch(`${this.#url}${path}`, request).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw gone(this.#url, error);
    });
    if (response.ok) return response;
    const answer = (await response.json().catch(() => ({}))) as { error?: RemoteProblem };
    throw new RemoteError(
      answer.error ?? { code: "internal", message: `The server answered ${response.status}.` },
    );
  }
}

function gone(url: string, error: unknown): RemoteError {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return new RemoteError(
    { code: "server-gone", message: `The server at ${url} does not answer any more: ${messageOf(cause)}` },
    { cause },
  );
}

function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return new URLSearchParams(set).toString();
}
