/** Where a long text is best cut, best first. */
const CUTS: readonly RegExp[] = [
  /[.!?…]+["»”)]*(?=\s)/gu,
  /[;:]["»”)]*(?=\s)/gu,
  /,(?=\s)|(?=\s[—–-]\s)/gu,
  /(?=\s)/gu,
];

/**
 * Text in pieces of at most `limit` characters, cut after a sentence where one ends, else at a weaker pause, else
 * between words, else anywhere. Nothing but white space around the cuts is lost.
 */
export function cutText(text: string, limit: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest.length > limit) {
    const at = cutPosition(rest, limit);
    pieces.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  if (rest !== "") pieces.push(rest);
  return pieces;
}

function cutPosition(text: string, limit: number): number {
  const window = text.slice(0, limit + 1);
  for (const pattern of CUTS) {
    let last = 0;
    for (const match of window.matchAll(pattern)) {
      const end = match.index + match[0].length;
      if (end <= limit) last = end;
    }
    // A cut very near the start would leave a stump; a weaker pause further on sounds better.
    if (last >= limit / 4) return last;
  }
  const hard = text.codePointAt(limit - 1) ?? 0;
  return hard > 0xffff ? limit - 1 : limit;
}
