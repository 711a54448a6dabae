import { EngineError } from "../../base/errors.js";
import type { OnnxFacts } from "../onnx/onnx-file.js";

/** Codes Whisper writes in its own way. */
const WHISPER_NAME: Readonly<Record<string, string>> = { nb: "no", fil: "tl", jv: "jw", iw: "he" };

/** The languages of one Whisper model: `undefined` for a model of English only, which takes no language at all. */
export type WhisperLanguages = ReadonlySet<string> | undefined;

/** Reads them off the encoder file. */
export function languagesOf(encoder: OnnxFacts | undefined): WhisperLanguages {
  if (encoder?.metadata.get("is_multilingual") === "0") return undefined;
  return new Set(
    (encoder?.metadata.get("all_language_codes") ?? "").split(",").filter((code) => code !== ""),
  );
}

/**
 * The code sherpa-onnx takes for a language as peers write it (`de`, `de-CH`, `pt_BR`); empty to detect it.
 * sherpa-onnx ends the process over a code the model does not know, so none gets through.
 * @throws {EngineError} `engine-failed`
 */
export function whisperCode(languages: WhisperLanguages, asked: string): string {
  if (languages === undefined || asked === "") return "";
  const base = asked.toLowerCase().split(/[-_]/)[0] ?? "";
  const code = WHISPER_NAME[base] ?? base;
  if (languages.has(code)) return code;
  throw new EngineError(
    "engine-failed",
    `This Whisper model does not know the language ${asked}; ask for another, or for none to have it detected.`,
  );
}
