import { defineEvent } from "./define-event.js";
import { nullable, string } from "./fields.js";

/** Asks whether the other side is there. */
export const ping = defineEvent("ping", { text: nullable(string) });

/** Answers a ping with the same text. */
export const pong = defineEvent("pong", { text: nullable(string) });
