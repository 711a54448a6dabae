/** Tags, comments, processing instructions and CDATA marks: everything in SSML that is not said. */
const MARKUP = /<!--[\s\S]*?-->|<[^<>]*>/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/** Pauses by strength, in milliseconds; `x_weak` is how some engines spell `x-weak`. */
const STRENGTH_MS: Readonly<Record<string, number>> = {
  none: 0,
  "x-weak": 25,
  x_weak: 25,
  weak: 75,
  medium: 150,
  strong: 300,
  "x-strong": 1000,
};

/** Whether a text is an SSML document. */
export function isSsml(text: string): boolean {
  return /^\s*(?:<\?xml[^>]*\?>\s*)?<speak[\s>]/u.test(text);
}

/** Changes what is said in SSML and leaves every tag untouched, its attributes included. */
export function mapSpoken(ssml: string, change: (text: string) => string): string {
  let written = "";
  let done = 0;
  for (const tag of ssml.matchAll(MARKUP)) {
    written += keepEdges(ssml.slice(done, tag.index), change) + tag[0];
    done = tag.index + tag[0].length;
  }
  return written + keepEdges(ssml.slice(done), change);
}

/** The text of SSML without its tags, for engines that know none; breaks and paragraphs become punctuation. */
export function stripSsml(ssml: string): string {
  return decodeEntities(
    ssml
      .replace(/<break[^>]*>/giu, (tag) => (breakMs(tag) >= 300 ? ". " : ", "))
      .replace(/<\/(?:p|s)\s*>/giu, ". ")
      .replace(MARKUP, " "),
  )
    .replace(/\s+([.,!?;:])/gu, "$1")
    .replace(/([.!?])\s*[.,]+/gu, "$1")
    .replace(/,\s*\./gu, ".")
    .replace(/\s+/gu, " ")
    .replace(/^[\s.,]+/u, "")
    .trim();
}

/** The length of a `<break>` in milliseconds; 150 when it says nothing. */
export function breakMs(tag: string): number {
  const time = /\btime\s*=\s*["']\s*(\d+(?:\.\d+)?)\s*(ms|s)\s*["']/iu.exec(tag);
  if (time) return Number(time[1]) * (time[2] === "s" ? 1000 : 1);
  const strength = /\bstrength\s*=\s*["']\s*([\w-]+)\s*["']/iu.exec(tag)?.[1]?.toLowerCase();
  return STRENGTH_MS[strength ?? "medium"] ?? 150;
}

/** Characters written as XML or HTML entities. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,6}));/giu, (all, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? all;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : "";
  });
}

/** Spaces next to tags separate words, so they survive whatever the change does. */
function keepEdges(text: string, change: (text: string) => string): string {
  if (text.trim() === "") return text;
  const lead = /^\s*/u.exec(text)?.[0] ?? "";
  const tail = /\s*$/u.exec(text)?.[0] ?? "";
  return lead + change(text.trim()) + tail;
}
