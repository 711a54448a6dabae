import type { CommandHeard, TranscriptWord } from "../../../engines/capability.js";
import type { LeftOut, PlannedLoad, WarmUpPlan } from "../../../residency/plan.js";
import type { Garbage, ModelChoice, ModelInUse } from "../../../sessions/controls.js";
import type { AnswerPlan, CommandsPlan, Foresight, PlannedDownload } from "../../../sessions/foresight.js";
import { PHASES } from "../../../sessions/snapshot.js";
import type { TranscribeResult } from "../../../sessions/voice.js";
import {
  bytes,
  flag,
  list,
  maybe,
  milliseconds,
  number,
  object,
  oneOf,
  ref,
  type Schema,
  text,
} from "./json-schema.js";
import { capability } from "./snapshot-schemas.js";

/** What was said, as `POST /api/say` takes it. */
export interface SayBody {
  readonly text: string;
  readonly language?: string;
  readonly voice?: string;
  readonly speaker?: string;
}

/** Answers that are no part of the snapshot. */
export const ANSWER_SCHEMAS: Readonly<Record<string, Schema>> = {
  Problem: object<{ readonly error: object }>({
    error: object<{ readonly code: string; readonly message: string }>({
      code: text("For programs: `config-unknown-model`"),
      message: text("For people: one sentence, with what can be done"),
    }),
  }),
  Health: object<{ readonly status: string; phase: string; installId: string; version: string }>({
    status: { type: "string", const: "ok" },
    phase: oneOf(PHASES),
    installId: text(),
    version: text(),
  }),
  Transcript: object<TranscribeResult>({
    text: text("Empty when nothing was said"),
    language: maybe(text()),
    confidence: maybe(number("0 to 1, where the model knows")),
    words: maybe(
      list(
        object<TranscriptWord>({
          text: text(),
          startSeconds: number(),
          endSeconds: number(),
          confidence: maybe(number()),
        }),
      ),
    ),
    command: maybe(ref("Command")),
    model: text("Who answered"),
    degraded: maybe(text("Why another model answered than the chosen one")),
    decided: maybe(oneOf(["command", "dictation"], "Where commands are listened for")),
    why: maybe(text("Why it was decided so")),
  }),
  Command: object<CommandHeard>(
    {
      decision: oneOf(["accept", "dictate"]),
      text: text("The nearest sentence of the home, as it is written"),
      intent: text(),
      heard: text("The words of the model"),
      distance: number("0 is the same, 1 shares nothing"),
      confidence: number("0 to 1"),
      why: text(),
    },
    "What was said as a command of the home",
  ),
  Say: object<SayBody>({
    text: { type: "string", maxLength: 20_000 },
    language: maybe(text("Guessed from the script when absent")),
    voice: maybe(text("A model, by any name that `find` knows")),
    speaker: maybe(text()),
  }),
  Done: object<{ readonly model: string; readonly action: string; readonly result?: string }>({
    model: text("The id that the name meant"),
    action: text(),
    result: maybe(text("Of `check`: `whole`, or what is wrong")),
  }),
  ModelChoice: object<ModelChoice>({
    capability,
    language: maybe(text("Code; the configured one when absent")),
    model: maybe(text("Any name that `find` knows; `auto` leaves it to the settings again")),
  }),
  InUse: object<ModelInUse>({
    capability,
    language: text("Code"),
    model: maybe(text("Who answers from now on; absent when nobody can")),
    former: maybe(text("Who answered before")),
  }),
  Garbage: object<Garbage>({ path: text("Inside the models folder"), bytes: bytes(), why: text() }),
  Plan: object<Foresight>({
    budgetBytes: bytes(),
    budgetReason: text(),
    language: text(),
    answers: list(ref("AnswerPlan")),
    warmUp: ref("WarmUp"),
    commands: maybe(
      object<CommandsPlan>({ model: text(), fits: flag("Beside all others"), sentence: text("For people") }),
    ),
    downloads: list(
      object<PlannedDownload>({
        model: text(),
        bytes: maybe(bytes()),
        reachable: flag("Its source answers now"),
      }),
    ),
  }),
  AnswerPlan: object<AnswerPlan>({
    capability,
    model: maybe(text("Absent when nobody can")),
    why: text(),
    fallbacks: list(text(), "Who answers when it cannot, best first"),
    leftOut: list(object<AnswerPlan["leftOut"][number]>({ id: text(), why: text() })),
  }),
  WarmUp: object<WarmUpPlan>({
    loads: list(
      object<PlannedLoad>({
        model: text(),
        title: text(),
        reason: text(),
        loadBytes: bytes("While it loads"),
        readyBytes: bytes("From then on"),
        source: oneOf(["learned", "estimated"]),
        ms: milliseconds("Until it is ready, files being there"),
        totalBytes: bytes("What all models hold then"),
        insteadOf: maybe(text("Set when it stands in for another")),
        sentence: text(),
      }),
      "In their order",
    ),
    leftOut: list(object<LeftOut>({ model: text(), title: text(), why: text() })),
    totalBytes: bytes(),
    totalMs: milliseconds(),
    lines: list(text(), "The plan for people"),
  }),
};
