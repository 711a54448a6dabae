import { FORMAT } from "./audio.js";
import { defineEvent, type EventOf } from "./define-event.js";
import {
  boolean,
  defaulted,
  type Field,
  integer,
  list,
  nullable,
  object,
  optional,
  string,
} from "./fields.js";

/** Asks what the server can do. */
export const describe = defineEvent("describe", {});

/** What every program, model and voice says of itself. Readers elsewhere fail when a required member is missing. */
const ARTIFACT = {
  name: string,
  attribution: object({ name: string, url: string }),
  /** Whether it can be used now; peers hide what cannot. */
  installed: boolean,
  /** For people. */
  description: nullable(string),
  version: nullable(string),
} as const;

const languages = { languages: list(string) } as const;

const MODEL = { ...ARTIFACT, ...languages } as const;

const asrProgram = object({
  ...ARTIFACT,
  models: list(object(MODEL)),
  supportsTranscriptStreaming: defaulted(boolean, false),
  /** False when the server itself finds the end of speech and answers before the audio ends. */
  requiresExternalVad: defaulted(boolean, true),
  prefersAutoGainEnabled: defaulted(boolean, true),
  prefersNoiseReductionEnabled: defaulted(boolean, true),
});

const ttsProgram = object({
  ...ARTIFACT,
  voices: list(object({ ...MODEL, speakers: nullable(list(object({ name: string }))) })),
  supportsSynthesizeStreaming: defaulted(boolean, false),
});

const wakeProgram = object({
  ...ARTIFACT,
  /** `phrase` is what to say, for people. */
  models: list(object({ ...MODEL, phrase: nullable(string) })),
});

const handleProgram = object({
  ...ARTIFACT,
  models: list(object(MODEL)),
  supportsHandledStreaming: defaulted(boolean, false),
  supportsHomeControl: defaulted(boolean, false),
});

const intentProgram = object({ ...ARTIFACT, models: list(object(MODEL)) });

/** Sent by satellites; a server that sent it would be taken for one and offer nothing else. */
const satellite = object({
  ...ARTIFACT,
  area: nullable(string),
  hasVad: nullable(boolean),
  activeWakeWords: nullable(list(string)),
  maxActiveWakeWords: nullable(integer),
  supportsTrigger: nullable(boolean),
});

const programs = <T>(of: Field<T>) => defaulted(list(of), []);

/** What a server can do. Peers use only the first program of each list. */
export const info = defineEvent("info", {
  asr: programs(asrProgram),
  tts: programs(ttsProgram),
  handle: programs(handleProgram),
  intent: programs(intentProgram),
  wake: programs(wakeProgram),
  mic: programs(object({ ...ARTIFACT, micFormat: object(FORMAT) })),
  snd: programs(object({ ...ARTIFACT, sndFormat: object(FORMAT) })),
  satellite: optional(satellite),
});
export type Info = EventOf<typeof info>;
export type AsrProgram = Info["asr"][number];
export type TtsProgram = Info["tts"][number];
export type WakeProgram = Info["wake"][number];
