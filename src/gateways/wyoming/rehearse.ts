import { connect } from "node:net";
import type { Clock } from "../../base/clock.js";
import { ProtocolError } from "../../base/errors.js";
import { decodeEvents, encodeEvent, type WyomingEvent } from "../../protocol/wyoming/codec.js";
import { WyomingServer, type WyomingServerTools } from "./server.js";

/** A sentence to be spoken where nobody hears it. */
export interface RehearsedSpeech {
  /** Name of the voice as peers ask for it. */
  readonly name: string;
  readonly language: string | undefined;
  readonly text: string;
}

/** What runs for the first time is translated while it runs; from the fourth time on hardly anything gets quicker. */
const TURNS = 4;
/** A voice that takes longer gains nothing worth the wait: the way around it is a small part of that. */
const QUICK_MS = 300;

/**
 * Lets requests go the whole way, from a socket through sessions and workers and back, so that the first real one
 * finds it trodden. The port is our own machine's, free and closed again afterwards; nothing is counted or logged.
 * @throws what a server that cannot answer throws, and the signal's reason
 */
export async function rehearse(
  tools: WyomingServerTools,
  speech: readonly RehearsedSpeech[],
  signal: AbortSignal,
): Promise<void> {
  const options = { ...tools.options, host: "127.0.0.1", port: 0 };
  const server = new WyomingServer({ ...tools, options });
  await server.start();
  try {
    for (let turn = 0; turn < TURNS; turn++) await ask(server.port, event("describe"), "info", signal);
    for (const { name, language, text } of speech) {
      const request = event("synthesize", { text, voice: { name, ...(language && { language }) } });
      const speak = () => ask(server.port, request, "audio-stop", signal);
      for (let turn = 0; turn < TURNS; turn++) if ((await timed(tools.clock, speak)) > QUICK_MS) break;
    }
  } finally {
    await server.close();
  }
}

/** One request on a connection of its own, as Home Assistant makes them. */
async function ask(port: number, request: WyomingEvent, last: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const onAbort = () => socket.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    socket.write(encodeEvent(request));
    for await (const { type, data } of decodeEvents(socket)) {
      if (type === last) return;
      if (type === "error") throw new ProtocolError("unexpected-event", String(data["text"]));
    }
  } catch (error) {
    // The socket broke because we have broken it.
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    socket.destroy();
  }
}

async function timed(clock: Clock, work: () => Promise<void>): Promise<number> {
  const startedMs = clock.monotonicMs();
  await work();
  return clock.monotonicMs() - startedMs;
}

const event = (type: string, data: WyomingEvent["data"] = {}): WyomingEvent => ({
  type,
  data,
  payload: new Uint8Array(0),
});
