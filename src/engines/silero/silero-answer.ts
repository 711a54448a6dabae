import { EngineError } from "../../base/errors.js";
import type { Frame } from "./frames.js";

/** Failures that are no errors for the caller: there was nothing to say, or it was too much at once. */
export type SileroOutcome =
  | { readonly kind: "sound"; readonly samples: Float32Array }
  | { readonly kind: "nothing" }
  | { readonly kind: "too-long" }
  | { readonly kind: "unloaded" };

/** What was asked, for the sentence of an error. */
export interface SileroQuestion {
  readonly title: string;
  readonly speaker: string;
  readonly rateHz: number;
}

/** @throws {EngineError} `engine-failed` */
export function readSpeech({ header, payload }: Frame, asked: SileroQuestion): SileroOutcome {
  switch (header["error"]) {
    case undefined:
      return { kind: "sound", samples: floatsOf(payload) };
    case "nothing":
      return { kind: "nothing" };
    case "long":
      return { kind: "too-long" };
    case "unloaded":
      return { kind: "unloaded" };
    case "xml":
      throw new EngineError("engine-failed", "The SSML is not well-formed; check that every tag is closed.");
    case "parameter":
      throw new EngineError(
        "engine-failed",
        `${asked.title} refused a parameter (speaker ${asked.speaker}, ${asked.rateHz} Hz)${detail(header)}.`,
      );
    case "memory":
      throw new EngineError("engine-failed", `${asked.title} ran out of memory; use a smaller voice.`);
    default:
      throw new EngineError("engine-failed", `${asked.title} could not speak${detail(header)}.`);
  }
}

/** The error for a package that would not load. */
export function loadFailure({ header }: Frame, title: string, torch: string): EngineError {
  switch (header["error"]) {
    case "old-torch":
      return new EngineError(
        "engine-load-failed",
        `${title} needs PyTorch 2.0 or newer: the installed ${torch} does not know ${String(header["message"])}. ` +
          "Use an image with PyTorch 2 (Debian 13 has 2.6), or silero_v3, which runs with 1.10 and newer.",
      );
    case "qengine":
      return new EngineError(
        "engine-load-failed",
        `${title} holds quantised parts this PyTorch cannot run on this processor; use v3_1 or a newer package.`,
      );
    case "memory":
      return new EngineError("engine-load-failed", `There is not enough memory to load ${title}.`);
    default:
      return new EngineError(
        "engine-load-failed",
        `The file is no ${title} package PyTorch ${torch} can open${detail(header)}. Remove the model and download it again.`,
      );
  }
}

function detail(header: Frame["header"]): string {
  const message = String(header["message"] ?? "").replace(/[.\s]+$/u, "");
  return message === "" ? "" : `: ${message}`;
}

/** The network may overshoot a little; samples outside [-1, 1] would wrap when they become integers. */
function floatsOf(payload: Buffer): Float32Array {
  const samples = new Float32Array(Math.floor(payload.length / 4));
  for (let index = 0; index < samples.length; index += 1) {
    const sample = payload.readFloatLE(index * 4);
    samples[index] = Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0;
  }
  return samples;
}
