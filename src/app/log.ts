import { type Logger as Pino, pino } from "pino";
import { PinoPretty } from "pino-pretty";
import type { LogFields, Logger } from "../base/logger.js";

export interface LogOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly format: "text" | "json";
  /** File descriptor to write to; 1 is standard output. */
  readonly destination?: number;
}

/** The program's log: lines for people, or JSON lines for machines. Writes are synchronous, so none is lost at the end. */
export function createLogger({ level, format, destination = 1 }: LogOptions): Logger {
  const stream =
    format === "json"
      ? pino.destination({ dest: destination, sync: true })
      : PinoPretty({
          destination,
          sync: true,
          singleLine: true,
          ignore: "pid,hostname",
          translateTime: "SYS:HH:MM:ss",
          colorize: process.stdout.isTTY === true,
        });
  return wrap(pino({ level, base: null }, stream));
}

function wrap(log: Pino): Logger {
  const line =
    (level: "debug" | "info" | "warn" | "error") =>
    (message: string, fields?: LogFields): void => {
      if (fields) log[level](fields, message);
      else log[level](message);
    };
  return {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    child: (fields) => wrap(log.child(fields)),
  };
}
