import type { Hono } from "hono";
import { readWav, wavHeader } from "../../audio/wav.js";
import { SessionError } from "../../base/errors.js";
import type { Origin, VoiceSessions } from "../../sessions/voice.js";

const ORIGIN: Origin = { gateway: "http" };
/** 16 minutes of 16 kHz 16-bit mono. */
const MAX_WAV_BYTES = 32 * 1024 * 1024;
const MAX_TEXT = 20_000;

/** `POST /api/transcribe` takes a WAV file and answers with JSON; `POST /api/say` takes JSON and answers with a WAV file. */
export function addVoiceRoutes(app: Hono, voice: VoiceSessions): void {
  app.post("/api/transcribe", async (context) => {
    const bytes = await limited(context.req.raw);
    const { format, pcm } = readWav(bytes);
    const language = context.req.query("language");
    const model = context.req.query("model");
    const session = voice.transcribe({
      origin: ORIGIN,
      ...(language ? { language } : {}),
      ...(model ? { model } : {}),
    });
    try {
      session.accept(format, pcm);
      return context.json(await session.finish());
    } finally {
      session.cancel();
    }
  });

  app.post("/api/say", async (context) => {
    const body: unknown = await context.req.json().catch(() => undefined);
    const { text, language, voice: name, speaker } = sayRequest(body);
    const session = voice.synthesize({
      origin: ORIGIN,
      text,
      ...(language ? { language } : {}),
      ...(name ? { voice: name } : {}),
      ...(speaker ? { speaker } : {}),
    });
    try {
      const format = await session.format;
      const pieces: Uint8Array[] = [];
      for await (const piece of session.audio) pieces.push(piece);
      const pcm = Buffer.concat(pieces);
      const wav = Buffer.concat([wavHeader(format, pcm.length), pcm]);
      return context.body(new Uint8Array(wav), 200, { "content-type": "audio/wav" });
    } finally {
      session.cancel();
    }
  });
}

/** The body, refused before it fills memory. */
async function limited(request: Request): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.length;
    if (length > MAX_WAV_BYTES) throw new SessionError("too-long", "The WAV file is larger than 32 MB.");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

interface SayRequest {
  readonly text: string;
  readonly language?: string;
  readonly voice?: string;
  readonly speaker?: string;
}

function sayRequest(body: unknown): SayRequest {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const text = fields["text"];
  if (typeof text !== "string" || text.trim() === "" || text.length > MAX_TEXT) {
    throw new SessionError("unsupported-audio", `Send JSON with a \`text\` of 1 to ${MAX_TEXT} characters.`);
  }
  const optional = (name: "language" | "voice" | "speaker") =>
    typeof fields[name] === "string" && fields[name] !== "" ? { [name]: fields[name] } : {};
  return { text, ...optional("language"), ...optional("voice"), ...optional("speaker") };
}
