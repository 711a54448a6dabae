/** Pieces shorter than this wait for the next sentence: a lone "Yes." sounds better with what follows. */
const MIN_CHARS = 12;
/** Text without any end of sentence is cut at a word once it is this long. */
const MAX_CHARS = 400;

/**
 * Where a sentence may end: closing punctuation with the quotes and brackets after it, then white space and the first
 * character of what follows; or the full stops of scripts without spaces, and what follows; or a line break. What
 * follows has to be there, lest the cut depend on how the text arrives.
 */
const END =
  /(?<mark>[.!?…]+)["'»”’)\]]*[^\S\n]+(?=(?<next>\S))|[。！？]+["'»”’）」』]*(?=[^。！？"'»”’）」』])|\n/gu;

/** Abbreviations that are followed by a capital or a number more often than by a new sentence. */
const ABBREVIATION =
  /(?:^|[\s(„«"])(?:\p{L}|\d{1,2}|mr|mrs|ms|dr|st|prof|no|nr|bzw|ca|vs|mme|mlle|sra?|dra|ул|им|стр|см|тыс|млн|млрд|руб)$/iu;

/**
 * Cuts text that arrives in pieces of any size into sentences. The sentences do not depend on how the text was cut,
 * and nothing but white space around them is lost. White space between sentences is needed except after 。！？.
 */
export class SentenceSplitter {
  #text = "";

  /** Sentences that this piece completes. The last one waits for the first character after it. */
  push(text: string): readonly string[] {
    this.#text = (this.#text + text).trimStart();
    const sentences: string[] = [];
    for (;;) {
      const at = sentenceEnd(this.#text) ?? wordEnd(this.#text);
      if (at === undefined) return sentences;
      sentences.push(this.#text.slice(0, at).trimEnd());
      this.#text = this.#text.slice(at).trimStart();
    }
  }

  /** What is left when no more text comes; afterwards a new text may begin. */
  flush(): readonly string[] {
    const rest = this.#text.trim();
    this.#text = "";
    return rest === "" ? [] : [rest];
  }
}

function sentenceEnd(text: string): number | undefined {
  // A bounded window, since the pattern takes quadratic time on endless punctuation.
  for (const match of text.slice(0, MAX_CHARS + 1).matchAll(END)) {
    const end = match.index + match[0].length;
    if (end > MAX_CHARS) return undefined;
    if (end < MIN_CHARS) continue;
    const { mark, next } = match.groups ?? {};
    if (mark !== undefined && next !== undefined && continues(text.slice(0, match.index), mark, next))
      continue;
    return end;
  }
  return undefined;
}

/** Whether the sentence goes on after this punctuation. */
function continues(before: string, mark: string, next: string): boolean {
  if (/^\p{Ll}/u.test(next)) return true;
  return mark === "." && ABBREVIATION.test(before.slice(-8));
}

function wordEnd(text: string): number | undefined {
  if (text.length <= MAX_CHARS) return undefined;
  const window = text.slice(0, MAX_CHARS);
  const at = window.search(/\s\S*$/u);
  if (at > 0) return at;
  // A surrogate pair stays whole.
  const last = window.charCodeAt(MAX_CHARS - 1);
  return last >= 0xd800 && last < 0xdc00 ? MAX_CHARS - 1 : MAX_CHARS;
}
