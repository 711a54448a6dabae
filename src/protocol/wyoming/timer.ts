import { defineEvent } from "./define-event.js";
import { boolean, integer, json, optional, string } from "./fields.js";

/** A voice timer runs. */
export const timerStarted = defineEvent("timer-started", {
  id: string,
  totalSeconds: integer,
  name: optional(string),
  startHours: optional(integer),
  startMinutes: optional(integer),
  startSeconds: optional(integer),
  /** Command to run when it ends. */
  command: optional(json),
});

/** A voice timer was paused, resumed or changed. */
export const timerUpdated = defineEvent("timer-updated", {
  id: string,
  isActive: boolean,
  totalSeconds: integer,
});

/** A voice timer was cancelled. */
export const timerCancelled = defineEvent("timer-cancelled", { id: string });

/** A voice timer ended. */
export const timerFinished = defineEvent("timer-finished", { id: string });
