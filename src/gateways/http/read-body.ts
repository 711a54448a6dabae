import { RequestError } from "./request-error.js";

/**
 * The whole body, refused before it fills memory.
 * @throws {RequestError} `too-large`
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const refusal = () =>
    new RequestError("too-large", `The body is larger than ${Math.round(maxBytes / 1024)} KiB.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw refusal();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.length;
    if (length > maxBytes) throw refusal();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The kind of body the sender says it is: `audio/wav`; empty when it says nothing. */
export function contentTypeOf(request: Request): string {
  return (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/**
 * The JSON object that is the body.
 * @throws {RequestError} `wrong-content-type`, `too-large`, `bad-request`
 */
export async function readJson(
  request: Request,
  maxBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
  if (contentTypeOf(request) !== "application/json") {
    throw new RequestError("wrong-content-type", "Send JSON with the header content-type: application/json.");
  }
  const body = await readBody(request, maxBytes);
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw new RequestError("bad-request", "The body is no JSON object.");
}
