/** Bytes as download pages write them: `63 MB`, `1.7 GB`. */
export function bytes(count) {
  if (count === undefined) return "size unknown";
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} GB`;
  if (count >= 1e6) return `${Math.round(count / 1e6)} MB`;
  return count >= 1e3 ? `${Math.round(count / 1e3)} kB` : `${count} B`;
}

/** A duration in the unit a person would use. */
export function duration(ms) {
  if (ms === undefined) return "";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

export const clockTime = (ms) =>
  new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const CAPABILITIES = {
  stt: "speech to text",
  tts: "text to speech",
  vad: "voice detection",
  wake: "wake words",
};
/** Whether there is anything to download. */
export function whereabouts({ asset }) {
  if (asset.name !== "present") return "not downloaded";
  return asset.bytes > 0 ? "on disk" : "built in";
}

export const sentenceCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export const capability = (name) => CAPABILITIES[name] ?? name;

/** The name of a language code in the user's own language; `any` for a model that does not care. */
export function language(code) {
  if (code === "*" || code === "") return "any language";
  try {
    const names = new Intl.DisplayNames(navigator.languages ?? ["en"], { type: "language" });
    return names.of(code.replaceAll("_", "-")) ?? code;
  } catch (error) {
    if (error instanceof RangeError) return code;
    throw error;
  }
}

export function languages(codes) {
  if (codes.length === 0) return "any language";
  return codes.length <= 3 ? codes.map(language).join(", ") : `${codes.length} languages`;
}
