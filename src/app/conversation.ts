import { messageOf, toError } from "../base/errors.js";
import type { Conversation } from "../gateways/hermes/dialogues.js";

/** Longest wait for an answer; a dialogue that gave up before calls it off by its signal. */
const DEADLINE_MS = 30_000;
/** Dialogues whose thread is remembered; more than any house leads at once. */
const MAX_THREADS = 64;

/**
 * Home Assistant's conversation agent, asked through the Supervisor. Questions of one dialogue stay one conversation.
 * @see https://developers.home-assistant.io/docs/intent_conversation_api
 */
export class HomeAssistantConversation implements Conversation {
  readonly #url: string;
  readonly #token: string;
  readonly #threads = new Map<string, string>();

  /** @param url of the Supervisor: `http://supervisor` inside an add-on */
  constructor({ url, token }: { readonly url: string; readonly token: string }) {
    this.#url = `${url.replace(/\/$/, "")}/core/api/conversation/process`;
    this.#token = token;
  }

  /** @throws {Error} with a sentence that tells what to do, when there is no answer */
  async ask(
    { text, language, dialogueId }: Parameters<Conversation["ask"]>[0],
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly language?: string }> {
    const thread = this.#threads.get(dialogueId);
    const response = await fetch(this.#url, {
      method: "POST",
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      body: JSON.stringify({ text, language, conversation_id: thread }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    }).catch((error) => {
      throw new Error(`Home Assistant does not answer: ${messageOf(error)}`, { cause: toError(error) });
    });
    if (!response.ok) throw new Error(refusal(response.status));
    const answer: unknown = await response.json().catch(() => undefined);
    const conversation = at(answer, "conversation_id");
    if (typeof conversation === "string") this.#remember(dialogueId, conversation);
    const speech = at(answer, "response", "speech");
    const plain = at(speech, "plain", "speech") ?? at(speech, "ssml", "speech");
    const spokenIn = at(answer, "response", "language");
    return {
      // Some commands are carried out without a word.
      text: typeof plain === "string" ? plain : "",
      ...(typeof spokenIn === "string" && spokenIn !== "" ? { language: spokenIn } : {}),
    };
  }

  #remember(dialogueId: string, conversation: string): void {
    this.#threads.delete(dialogueId);
    this.#threads.set(dialogueId, conversation);
    const [oldest] = this.#threads.keys();
    if (this.#threads.size > MAX_THREADS && oldest !== undefined) this.#threads.delete(oldest);
  }
}

/** Where a value of JSON lies; undefined where there is none. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === "object" && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );
}

function refusal(status: number): string {
  if (status === 401 || status === 403)
    return "Home Assistant does not let this add-on ask it: the add-on needs homeassistant_api";
  if (status >= 500) return `Home Assistant is not ready to answer (${status}): it may still be starting`;
  return `Home Assistant refused the question (${status})`;
}
