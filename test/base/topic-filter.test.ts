import { describe, expect, it } from "vitest";
import { isTopicName, topicMatches } from "../../src/base/topic-filter.js";

describe("topicMatches", () => {
  const cases: readonly [filter: string, topic: string, matches: boolean][] = [
    ["a/b", "a/b", true],
    ["a/b", "a/b/c", false],
    ["a/b/c", "a/b", false],
    ["a/+/c", "a/b/c", true],
    ["a/+", "a", false],
    ["a/+", "a/", true],
    ["+/+", "/b", true],
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["#", "a/b", true],
    ["#", "$SYS/load", false],
    ["+/load", "$SYS/load", false],
    ["$SYS/#", "$SYS/load", true],
    ["A/b", "a/b", false],
  ];
  for (const [filter, topic, matches] of cases) {
    it(`says ${matches ? "yes" : "no"} to ${topic} for ${filter}`, () => {
      expect(topicMatches(filter, topic)).toBe(matches);
    });
  }
});

describe("isTopicName", () => {
  it("refuses what a broker would cut us off for", () => {
    for (const topic of ["", "a/+/b", "a/#", "a\u0000b", "x".repeat(70_000)])
      expect(isTopicName(topic)).toBe(false);
    expect(isTopicName("irene/küche")).toBe(true);
  });
});
