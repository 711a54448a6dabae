import { VoiceError } from "../../base/errors.js";

/** Codes that only requests over HTTP can get, and the status each is answered with. */
export const REQUEST_ERRORS = {
  "bad-request": 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  "too-large": 413,
  "wrong-content-type": 415,
} as const;

/** A request that is none of ours: wrong address, wrong form, wrong sender. */
export class RequestError extends VoiceError<keyof typeof REQUEST_ERRORS> {}
