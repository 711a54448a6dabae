import type { ModelManifest } from "./manifest.js";

/** What the index of the Piper collection tells of one voice. */
export interface PiperVoiceFacts {
  readonly bytes?: number;
  /** Of the published network, lower-case hex. */
  readonly md5?: string;
  readonly configMd5?: string;
  /** Speakers by name in the order of their numbers. */
  readonly speakers?: readonly string[];
}

/** Voices by name, as the collection's index lists them. */
export type PiperIndex = ReadonlyMap<string, PiperVoiceFacts>;

/** Name of the index's copy in the user's catalog folder. */
export const PIPER_INDEX_FILE = "voices.json";
/** Where the index is published. */
export const PIPER_INDEX_URL = "https://huggingface.co/rhasspy/piper-voices/resolve/main/voices.json";

const COLLECTION = "https://huggingface.co/rhasspy/piper-voices";
const MEGABYTE = 1e6;

/** What to expect of a voice by the quality in its name; medium was measured, the others follow from their size. */
const BY_QUALITY = {
  x_low: { quality: 45, computeSeconds: 0.5, peak: 210, steady: 200, download: 28 },
  low: { quality: 58, computeSeconds: 1.5, peak: 330, steady: 320, download: 63 },
  medium: { quality: 66, computeSeconds: 1.5, peak: 330, steady: 320, download: 63 },
  high: { quality: 68, computeSeconds: 4, peak: 520, steady: 500, download: 114 },
} as const;

/**
 * Any voice of the Piper collection by its name, `de_DE-thorsten-medium`: where its files lie follows from the name.
 * Undefined for what is no such name, and, where the index is at hand, for a voice that is not in it.
 * @see https://huggingface.co/rhasspy/piper-voices
 */
export function piperVoice(name: string, index?: PiperIndex): ModelManifest | undefined {
  const [, code, family, voice, quality] =
    /^(([a-z]{2,3})_[A-Z]{2})-([\p{L}\p{M}\p{N}_]+)-(x_low|low|medium|high)$/u.exec(name) ?? [];
  if (!code || !family || !voice || !isQuality(quality)) return undefined;
  const facts = index?.get(name);
  if (index && !facts) return undefined;
  const expected = BY_QUALITY[quality];
  const path = [family, code, voice, quality].map(encodeURIComponent).join("/");
  const file = `${encodeURIComponent(name)}.onnx`;
  return {
    id: `piper/${name}`,
    provider: "piper",
    capability: "tts",
    title: `${voice.replaceAll("_", " ")} (${code}, ${quality})`,
    languages: [code],
    licence: { id: "MIT", url: `${COLLECTION}/blob/main/${path}/MODEL_CARD`, commercial: true },
    attribution: { name: "Piper voices", url: COLLECTION },
    quality: expected.quality,
    computeSeconds: expected.computeSeconds,
    memory: { loadPeakBytes: expected.peak * MEGABYTE, steadyBytes: expected.steady * MEGABYTE },
    downloadBytes: facts?.bytes ?? expected.download * MEGABYTE,
    files: [
      { role: "model", path: `${name}.onnx`, ...(facts?.md5 && { md5: facts.md5 }) },
      { role: "config", path: `${name}.onnx.json`, ...(facts?.configMd5 && { md5: facts.configMd5 }) },
      { role: "tokens", path: "tokens.txt" },
    ],
    sources: [
      {
        kind: "http",
        urls: {
          model: `${COLLECTION}/resolve/main/${path}/${file}`,
          config: `${COLLECTION}/resolve/main/${path}/${file}.json`,
        },
        recipes: { model: "piper-metadata", tokens: "piper-tokens" },
      },
    ],
    params: {},
    ...(facts?.speakers && facts.speakers.length > 1 && { speakers: facts.speakers }),
    origin: "the Piper collection",
  };
}

/** Reads the collection's index. Entries it cannot understand are left out; text that is no index gives undefined. */
export function parsePiperIndex(text: string): PiperIndex | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const voices = Object.entries(json as Readonly<Record<string, IndexEntry | null>>).flatMap(
    ([name, entry]) => (entry?.files ? [[name, factsOf(entry)] as const] : []),
  );
  return voices.length > 0 ? new Map(voices) : undefined;
}

function factsOf({ files = {}, speaker_id_map: speakers = {} }: IndexEntry): PiperVoiceFacts {
  const byEnd = (end: string) => Object.entries(files).find(([path]) => path.endsWith(end))?.[1];
  const model = byEnd(".onnx");
  const config = byEnd(".onnx.json");
  const names = Object.entries(speakers).sort(([, a], [, b]) => a - b);
  return {
    ...(isCount(model?.size_bytes) && { bytes: model.size_bytes }),
    ...(isMd5(model?.md5_digest) && { md5: model.md5_digest }),
    ...(isMd5(config?.md5_digest) && { configMd5: config.md5_digest }),
    speakers: names.map(([speaker]) => speaker),
  };
}

interface IndexEntry {
  readonly files?: Readonly<Record<string, { readonly size_bytes?: unknown; readonly md5_digest?: unknown }>>;
  readonly speaker_id_map?: Readonly<Record<string, number>>;
}

const isQuality = (text: string | undefined): text is keyof typeof BY_QUALITY =>
  text !== undefined && Object.hasOwn(BY_QUALITY, text);
const isCount = (value: unknown): value is number => typeof value === "number" && value > 0;
const isMd5 = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
