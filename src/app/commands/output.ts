import { messageOf, VoiceError } from "../../base/errors.js";

/** Where a command writes. */
export interface Output {
  readonly json: boolean;
  /** True when people watch: progress is drawn over itself. */
  readonly terminal: boolean;
  /** Aborts when nobody reads the results any more, as after `| head`. */
  readonly closed: AbortSignal;
  /** A result. */
  line(text: string): void;
  /** A result that is no text. */
  bytes(data: Uint8Array): void;
  /** Progress and remarks, kept apart from results. */
  remark(text: string): void;
  /** Drawn over the last drawing; an empty text takes it away. Terminals only. */
  draw(text: string): void;
}

/** The two streams of a program. */
export interface OutputStreams {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

/** Results on standard output, everything else on standard error. A reader that goes away is no error. */
export function createOutput(json: boolean, { out, err }: OutputStreams = standardStreams()): Output {
  const closed = new AbortController();
  for (const stream of [out, err]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
      if (stream === out) closed.abort(error);
    });
  }
  return {
    json,
    terminal: err.isTTY === true,
    closed: closed.signal,
    line: (text) => void out.write(`${text}\n`),
    bytes: (data) => void out.write(data),
    remark: (text) => void err.write(`${text}\n`),
    draw: (text) => {
      if (err.isTTY === true) err.write(`\r\x1b[2K${text.slice(0, (err.columns ?? 120) - 1)}`);
    },
  };
}

const standardStreams = (): OutputStreams => ({ out: process.stdout, err: process.stderr });

/** What went wrong, in one sentence; for machines with its code. The stack only of what nobody foresaw. */
export function describeFailure(error: unknown, json: boolean): string {
  const code = error instanceof VoiceError ? error.code : "internal";
  if (json) return JSON.stringify({ error: { code, message: messageOf(error) } });
  return error instanceof VoiceError ? messageOf(error) : stackOf(error);
}

const stackOf = (error: unknown): string => (error instanceof Error && error.stack) || messageOf(error);
