import { locale, t } from "./words.js";

/** Bytes as download pages write them: `63 MB`, `1.7 GB`. */
export function bytes(count) {
  if (count === undefined) return t("size unknown");
  if (count >= 1e9) return t("{0} GB", decimal(count / 1e9));
  if (count >= 1e6) return t("{0} MB", Math.round(count / 1e6));
  return count >= 1e3 ? t("{0} kB", Math.round(count / 1e3)) : t("{0} B", count);
}

/** A duration in the unit a person would use. */
export function duration(ms) {
  if (ms === undefined) return "";
  if (ms < 1000) return t("{0} ms", Math.round(ms));
  if (ms < 60_000) return t("{0} s", ms < 10_000 ? decimal(ms / 1000) : Math.round(ms / 1000));
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return t("{0} min {1} s", Math.floor(seconds / 60), seconds % 60);
  return t("{0} h {1} min", Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
}

const decimal = (value) =>
  value.toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const clockTime = (ms) =>
  new Date(ms).toLocaleTimeString(locale === "en" ? [] : locale, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });

const CAPABILITIES = {
  stt: "speech to text",
  tts: "text to speech",
  vad: "voice detection",
  wake: "wake words",
};
/** Whether there is anything to download. */
export function whereabouts({ asset }) {
  if (asset.name !== "present") return t("not downloaded");
  return asset.bytes > 0 ? t("on disk") : t("built in");
}

export const sentenceCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export const capability = (name) => t(CAPABILITIES[name] ?? name);

/** The name of a language code in the user's own language; `any` for a model that does not care. */
export function language(code) {
  if (code === "*" || code === "") return t("any language");
  try {
    const names = new Intl.DisplayNames([locale], { type: "language" });
    return names.of(code.replaceAll("_", "-")) ?? code;
  } catch (error) {
    if (error instanceof RangeError) return code;
    throw error;
  }
}

export function languages(codes) {
  if (codes.length === 0) return t("any language");
  return codes.length <= 3 ? codes.map(language).join(", ") : t("{0} languages", codes.length);
}
