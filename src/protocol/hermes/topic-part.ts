/** Characters a site, session or request id may have to stand in a topic. */
const MAX_CHARACTERS = 64;

/**
 * True for an id that can be one level of a topic: short, not empty, without wildcards, separators and control
 * characters. Anything else would let a peer address other topics than its own.
 */
export function isTopicPart(id: string, max: number = MAX_CHARACTERS): boolean {
  return id !== "" && id.length <= max && !/[+#/\p{Cc}\p{Cs}]/u.test(id);
}
