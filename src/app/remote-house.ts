import type { Snapshot } from "../sessions/snapshot.js";
import type { TranscribeResult } from "../sessions/voice.js";
import type { House } from "./house.js";
import { RemoteError, type RemoteProblem } from "./remote-error.js";

/** Commands answered by a server that runs already, over its HTTP interface. */
export class RemoteHouse implements House {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/$/, "");
  }

  async status(): Promise<Snapshot> {
    return (await this.#ask("GET", "/api/status")).json() as Promise<Snapshot>;
  }

  async watch(onSnapshot: (snapshot: Snapshot) => void, signal: AbortSignal): Promise<void> {
    const response = await this.#ask("GET", "/api/events", undefined, signal);
    let text = "";
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString("utf8");
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const data = /^data: ?(.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (data) onSnapshot(JSON.parse(data) as Snapshot);
      }
    }
  }

  async transcribe(wav: Uint8Array, options: Record<string, string | undefined>): Promise<TranscribeResult> {
    const query = new URLSearchParams(
      Object.entries(options).filter((pair): pair is [string, string] => Boolean(pair[1])),
    );
    return (await this.#ask("POST", `/api/transcribe?${query}`, wav)).json() as Promise<TranscribeResult>;
  }

  async say(text: string, options: Record<string, string | undefined>): Promise<Uint8Array> {
    const response = await this.#ask("POST", "/api/say", JSON.stringify({ text, ...options }));
    return new Uint8Array(await response.arrayBuffer());
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

  close(): Promise<void> {
    return Promise.resolve();
  }

  #act(model: string, action: string): Promise<Response> {
    return this.#ask("POST", `/api/models/${model.split("/").map(encodeURIComponent).join("/")}/${action}`);
  }

  async #ask(
    method: string,
    path: string,
    body?: Uint8Array | string,
    signal?: AbortSignal,
  ): Promise<Response> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: body as string }),
      ...(signal ? { signal } : {}),
    });
    if (response.ok) return response;
    const answer = (await response.json().catch(() => ({}))) as { error?: RemoteProblem };
    throw new RemoteError(
      answer.error ?? { code: "internal", message: `The server answered ${response.status}.` },
    );
  }
}
