import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { ModelManifest } from "../catalog/manifest.js";

/** The lines of one warm-up in the log, worded as users of Irene know them. */
export interface WarmUpWording {
  readonly start: string;
  readonly done: string;
  readonly failed: (reason: string) => string;
  readonly fallback: string;
}

/** @param title the provider's: `Whisper`, `Silero v3 TTS`, `VOSK ASR` */
export function warmUpWording(title: string, { id, capability, languages }: ModelManifest): WarmUpWording {
  const failed = (reason: string) => `Failed to warm up ${title} model: ${reason}`;
  const fallback = `Falling back to lazy loading for ${title} provider`;
  if (id.startsWith("vosk/") && capability === "stt") {
    const language = languages[0] ?? "unknown";
    return {
      start: `Warming up ${title} model for default language: ${language}`,
      done: `${title} model for ${language} warmed up successfully`,
      failed,
      fallback,
    };
  }
  // A provider of one voice is named by its title; of several sizes or voices, by the model as well.
  const name = title.endsWith("TTS") ? title : `${title} ${id.slice(id.indexOf("/") + 1)}`;
  return {
    start: `Warming up ${name} model...`,
    done: `${name} model warmed up successfully`,
    failed,
    fallback,
  };
}

/** Runs a warm-up between its log lines. @throws what the task throws, once it is logged */
export async function logWarmUp(
  logger: Logger,
  title: string,
  manifest: ModelManifest,
  task: () => Promise<void>,
): Promise<void> {
  const wording = warmUpWording(title, manifest);
  const fields = { model: manifest.id };
  logger.info(wording.start, fields);
  try {
    await task();
  } catch (error) {
    logger.error(wording.failed(messageOf(error)), fields);
    logger.warn(wording.fallback, fields);
    throw error;
  }
  logger.info(wording.done, fields);
}
