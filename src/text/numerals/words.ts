/** A word of a text. */
export interface Word {
  /** In small letters, with plain apostrophes and е for ё. */
  readonly text: string;
  /** Place in the text, in UTF-16 units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** Only a space or a hyphen stands before it: it may belong to the same number as the word before. */
  readonly joined: boolean;
}

/** The words of a text, in order. Digits count as words. */
export function wordsOf(text: string): readonly Word[] {
  let from = 0;
  return [...text.matchAll(/[\p{L}\p{M}\p{N}]+(?:['’ʼ][\p{L}\p{M}]+)*/gu)].map((match) => {
    const start = match.index;
    const between = text.slice(from, start);
    from = start + match[0].length;
    const plain = match[0].normalize("NFC").toLowerCase().replaceAll(/[’ʼ]/g, "'").replaceAll("ё", "е");
    return { text: plain, start, end: from, joined: start > 0 && /^(?:[^\S\n]+|[-‐‑])$/u.test(between) };
  });
}
