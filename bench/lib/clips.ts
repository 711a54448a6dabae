import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SHARED } from "../../test/fixtures/shared-speech.js";

/** A recording with what is said in it. */
export interface Clip {
  /** Path below the folder of recordings. */
  readonly file: string;
  readonly language: string;
  readonly said: string;
  readonly kind: "command" | "read" | "other";
  readonly wav: Buffer;
}

/** The command that single requests are timed with: 2.8 s. */
export const COMMAND = "en/turn-on-standing-light.wav";

/** The sentence that single voices are timed with. */
export const SENTENCE = "The kitchen light is on.";

/** Recordings of a language that have a transcript; wake words are left out. */
export function clipsOf(language: string): readonly Clip[] {
  const folder = join(SHARED, "speech");
  if (!existsSync(folder)) throw new Error("the shared recordings are needed; set IRENE_SHARED");
  const table = readFileSync(join(folder, "transcripts.tsv"), "utf8").trim().split("\n").slice(1);
  return table.flatMap((line) => {
    const [file = "", spoken = "", said = "", sort = ""] = line.split("\t");
    if (spoken !== language || /wake/.test(sort)) return [];
    const kind = /command/.test(sort) ? "command" : /read/.test(sort) ? "read" : "other";
    return [{ file, language, said, kind, wav: readFileSync(join(folder, file)) }];
  });
}

/** A recording's bytes. */
export const wavOf = (file: string): Buffer => readFileSync(join(SHARED, "speech", file));
