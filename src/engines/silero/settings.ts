import { integer, oneOf, readElsewhere, type Setting, text } from "../provider-settings.js";
import { DEFAULT_SPEAKERS_BY_NAME, type SpeakersByName } from "./speakers.js";

/** Rates the networks were trained for; any other is an assertion error in the package. */
const RATES_HZ = [8000, 24_000, 48_000] as const;

const yes: Setting<boolean> = {
  expects: "true or false",
  fallback: true,
  parse: (value) => (typeof value === "boolean" ? value : undefined),
};

function rate(fallback: number): Setting<number> {
  return {
    expects: `one of ${RATES_HZ.join(", ")}`,
    fallback,
    parse: (value) => RATES_HZ.find((rateHz) => rateHz === value),
  };
}

const speakersByName: Setting<SpeakersByName> = {
  expects: 'names and speakers, as {"николай|николаю": "aidar"},',
  fallback: DEFAULT_SPEAKERS_BY_NAME,
  parse: (value) => {
    // Options of an add-on are flat, so the table may come as JSON text.
    const table = typeof value === "string" ? parseJson(value) : value;
    if (typeof table !== "object" || table === null || Array.isArray(table)) return undefined;
    const entries = Object.entries(table);
    if (entries.length === 0) return DEFAULT_SPEAKERS_BY_NAME;
    return entries.every(([, speaker]) => typeof speaker === "string")
      ? Object.fromEntries(entries)
      : undefined;
  },
};

/** The keys of `providers.tts.silero_v3` and `silero_v4`. @param rateHz what the version is best at */
export function sileroSettings(rateHz: number) {
  return {
    default_speaker: text("xenia"),
    model_url: readElsewhere,
    sample_rate: rate(rateHz),
    torch_device: oneOf(["cpu", "cuda"], "cpu"),
    /** 0 takes the program's own choice. */
    threads: integer(0, 64, 0),
    put_accent: yes,
    put_yo: yes,
    speaker_by_assname: speakersByName,
  };
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // Not a table; the setting's own error says what is expected.
    return undefined;
  }
}
