import { detectScript, type Script } from "./detect-script.js";

/** Fewer letters in another script are a word within a sentence, and change nothing. */
const LEAST_LETTERS = 6;
/** What may end a sentence, with the quotes and brackets behind it, and the white space that follows. */
const BREAK = /(?<=[.!?…。！？]["'»”’)\]]*)\s+|\n+/gu;

interface Run {
  readonly text: string;
  /** Undefined for text without letters. */
  readonly script: Script | undefined;
}

/**
 * The sentences of a text, those in one script that follow one another together. Together the runs are the text, but for
 * white space between them. Pure.
 */
export function scriptRuns(text: string): readonly string[] {
  const runs: Run[] = [];
  for (const sentence of text.split(BREAK).map((part) => part.trim())) {
    if (sentence === "") continue;
    const script = lettersIn(sentence) >= LEAST_LETTERS ? detectScript(sentence) : undefined;
    const last = runs.at(-1);
    const belongs = last && (script === undefined || last.script === undefined || last.script === script);
    if (belongs) runs.splice(-1, 1, { text: `${last.text} ${sentence}`, script: last.script ?? script });
    else runs.push({ text: sentence, script });
  }
  return runs.map((run) => run.text);
}

const lettersIn = (text: string): number => [...text.matchAll(/\p{L}/gu)].length;
