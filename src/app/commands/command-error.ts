import { VoiceError } from "../../base/errors.js";

export const COMMAND_ERROR_CODES = ["file-unreadable", "file-unwritable", "no-server"] as const;
export type CommandErrorCode = (typeof COMMAND_ERROR_CODES)[number];

/** What only a command line can get wrong: its files, or the lack of a server. */
export class CommandError extends VoiceError<CommandErrorCode> {}
