import { defineEvent } from "./define-event.js";
import { boolean, choice, defaulted, list, optional, string } from "./fields.js";

/** To a satellite: begin, or go on. */
export const runSatellite = defineEvent("run-satellite", {});

/** To a satellite: send nothing until told to run. */
export const pauseSatellite = defineEvent("pause-satellite", {});

/** From a satellite: audio goes to the server now. */
export const streamingStarted = defineEvent("streaming-started", {});

/** From a satellite: audio stays at home now. */
export const streamingStopped = defineEvent("streaming-stopped", {});

/** From a satellite: it reached its server. */
export const satelliteConnected = defineEvent("satellite-connected", {});

/** From a satellite: it lost its server. */
export const satelliteDisconnected = defineEvent("satellite-disconnected", {});

/** Stages of a voice pipeline, in their order. */
const stage = choice(["wake", "identity", "asr", "intent", "handle", "tts"]);

/** From a satellite: run a pipeline from one stage to another. */
export const runPipeline = defineEvent("run-pipeline", {
  startStage: stage,
  endStage: stage,
  restartOnEnd: defaulted(boolean, false),
  /** The wake word that started it. */
  wakeWordName: optional(string),
  identityName: optional(string),
  /** Wake words to listen for, when it starts with that stage. */
  wakeWordNames: optional(list(string)),
  /** What to say, when it starts with speech. */
  announceText: optional(string),
});
