import type { Hono } from "hono";
import { readWav, wavHeader } from "../../audio/wav.js";
import type { Capability } from "../../catalog/manifest.js";
import type { Controls } from "../../sessions/controls.js";
import type { Origin, VoiceSessions } from "../../sessions/voice.js";
import { contentTypeOf, readBody, readJson } from "./read-body.js";
import { RequestError } from "./request-error.js";
import { untilClientGone } from "./until-client-gone.js";

const ORIGIN: Origin = { gateway: "http" };
/** 16 minutes of 16 kHz 16-bit mono. */
const MAX_WAV_BYTES = 32 * 1024 * 1024;
const MAX_TEXT = 20_000;
/** The longest text in the most wasteful JSON, with its names. */
const MAX_SAY_BYTES = MAX_TEXT * 6 + 4096;
const MAX_NAME = 200;

/** `POST /api/transcribe` takes a WAV file and answers with JSON; `POST /api/say` takes JSON and answers with a WAV file. */
export function addVoiceRoutes(app: Hono, voice: VoiceSessions, controls: Pick<Controls, "find">): void {
  /** A model named by mistake is refused, where a session would take another in its place. */
  const named = (name: string | undefined, capability: Capability): string | undefined =>
    name === undefined || name === "" || name === "auto" ? undefined : controls.find(name, capability);

  app.post("/api/transcribe", async (context) => {
    checkIsFile(contentTypeOf(context.req.raw));
    const language = context.req.query("language");
    const model = named(context.req.query("model"), "stt");
    const { format, pcm } = readWav(await readBody(context.req.raw, MAX_WAV_BYTES));
    const session = voice.transcribe({
      origin: ORIGIN,
      ...(language ? { language } : {}),
      ...(model ? { model } : {}),
    });
    const result = await untilClientGone(context.req.raw, async (signal) => {
      signal.addEventListener("abort", () => session.cancel(), { once: true });
      try {
        session.accept(format, pcm);
        return await session.finish();
      } finally {
        session.cancel();
      }
    });
    return context.json(result);
  });

  app.post("/api/say", async (context) => {
    const {
      text,
      language,
      voice: name,
      speaker,
    } = sayRequest(await readJson(context.req.raw, MAX_SAY_BYTES));
    const model = named(name, "tts");
    const session = voice.synthesize({
      origin: ORIGIN,
      text,
      ...(language ? { language } : {}),
      ...(model ? { voice: model } : {}),
      ...(speaker ? { speaker } : {}),
    });
    const wav = await untilClientGone(context.req.raw, async (signal) => {
      signal.addEventListener("abort", () => session.cancel(), { once: true });
      try {
        const format = await session.format;
        const pieces: Uint8Array[] = [];
        for await (const piece of session.audio) pieces.push(piece);
        const pcm = Buffer.concat(pieces);
        return Buffer.concat([wavHeader(format, pcm.length), pcm]);
      } finally {
        session.cancel();
      }
    });
    return context.body(new Uint8Array(wav), 200, { "content-type": "audio/wav" });
  });
}

/** Most programs name no type or a wrong one for a file, so only the forms that wrap it are refused. */
function checkIsFile(type: string): void {
  if (!type.startsWith("multipart/") && type !== "application/json") return;
  throw new RequestError(
    "wrong-content-type",
    "Send the WAV file itself as the body, as `curl --data-binary @file.wav` does.",
  );
}

interface SayRequest {
  readonly text: string;
  readonly language?: string;
  readonly voice?: string;
  readonly speaker?: string;
}

function sayRequest(fields: Readonly<Record<string, unknown>>): SayRequest {
  const text = fields["text"];
  if (typeof text !== "string" || text.trim() === "" || text.length > MAX_TEXT) {
    throw new RequestError("bad-request", `Send JSON with a \`text\` of 1 to ${MAX_TEXT} characters.`);
  }
  const optional = (name: "language" | "voice" | "speaker") => {
    const value = fields[name];
    if (value === undefined || value === null || value === "") return {};
    if (typeof value === "string" && value.length <= MAX_NAME) return { [name]: value };
    throw new RequestError("bad-request", `\`${name}\` must be a text of at most ${MAX_NAME} characters.`);
  };
  return { text, ...optional("language"), ...optional("voice"), ...optional("speaker") };
}
