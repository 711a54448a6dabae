/** Structured fields of a log line: `session`, `model`, `satellite` and figures with their unit in the name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where log lines go. `info` reads as a diary of what a user did; transcripts appear only at `debug`. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each of its lines. */
  child(fields: LogFields): Logger;
}

/** Drops everything. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
