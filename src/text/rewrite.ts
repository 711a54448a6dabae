/** Characters on either side a rewrite may look at; more would make long texts quadratic. */
const NEIGHBOURHOOD = 80;

/** One way to turn written text into spoken words. */
export interface Rewrite {
  /** With the `u` and `g` flags. */
  readonly pattern: RegExp;
  /** The words for one match, or undefined to leave it as it is. */
  say(
    match: RegExpExecArray,
    around: { readonly before: string; readonly after: string },
  ): string | undefined;
}

/** Applies rewrites one after the other, each to the whole text; what an earlier one wrote, a later one reads. */
export function applyRewrites(text: string, rewrites: readonly Rewrite[]): string {
  return rewrites.reduce(applyOne, text);
}

function applyOne(text: string, { pattern, say }: Rewrite): string {
  let written = "";
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const end = match.index + match[0].length;
    const before = text.slice(Math.max(0, match.index - NEIGHBOURHOOD), match.index);
    const said = say(match, { before, after: text.slice(end, end + NEIGHBOURHOOD) });
    if (said === undefined) continue;
    written += text.slice(done, match.index) + said;
    done = end;
  }
  return written + text.slice(done);
}

/** A pattern matching any of these strings, longest first, for use inside a regular expression. */
export function anyOf(words: Iterable<string>): string {
  return [...words]
    .sort((left, right) => right.length - left.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replaceAll(" ", "\\s?"))
    .join("|");
}
