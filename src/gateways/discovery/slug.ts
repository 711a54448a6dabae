import { createHash } from "node:crypto";

/** The text in lower-case letters, digits and underscores, as entity ids and unique keys want it. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

/** A slug that no other text has: one that loses information says so by a hash of the original. */
export function uniqueSlug(text: string): string {
  const slug = slugOf(text);
  // Only a single separator may be replaced without two texts becoming one.
  const isFaithful = /^[a-z0-9]+(\/[a-z0-9]+)?$/.test(text);
  return isFaithful ? slug : `${slug}_${createHash("sha256").update(text).digest("hex").slice(0, 6)}`;
}
