/** A wake word as an id that can stand in a topic. */
export function slugOfWord(word: string): string {
  const slug = word
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 64);
  return slug === "" ? "wake_word" : slug;
}
