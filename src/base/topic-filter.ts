/** Bytes a topic may have on the wire. */
const MAX_TOPIC_BYTES = 65_535;

/** True for a topic one may publish to: not empty, no wildcards, no NUL, not too long. */
export function isTopicName(topic: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is exactly what MQTT forbids here.
  return topic !== "" && !/[+#\u0000]/.test(topic) && Buffer.byteLength(topic) <= MAX_TOPIC_BYTES;
}

/** True when the filter has no wildcards, so that it matches one topic only. */
export function isExact(filter: string): boolean {
  return !/[+#]/.test(filter);
}

/**
 * Whether messages on `topic` belong to a subscription of `filter`.
 * @see https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html#_Toc3901241
 */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  // Topics of the broker itself are hidden from filters that start with a wildcard.
  if (topic.startsWith("$") && (wanted[0] === "+" || wanted[0] === "#")) return false;
  for (const [index, part] of wanted.entries()) {
    if (part === "#") return true;
    if (index >= levels.length) return false;
    if (part !== "+" && part !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}
