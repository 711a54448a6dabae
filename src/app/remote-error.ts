import { VoiceError } from "../base/errors.js";

/** Error part of an answer of the HTTP interface. */
export interface RemoteProblem {
  readonly code: string;
  readonly message: string;
}

/** What a server said went wrong, with the server's own code; `server-gone` when it said nothing at all. */
export class RemoteError extends VoiceError {
  constructor({ code, message }: RemoteProblem, options?: { readonly cause?: unknown }) {
    super(code, message, options);
  }
}
