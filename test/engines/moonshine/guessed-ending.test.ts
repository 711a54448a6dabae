import { describe, expect, it } from "vitest";
import { heardTokens } from "../../../src/engines/moonshine/guessed-ending.js";

const clear = [0.99, 0.95, 0.9, 1, 0.98, 0.9, 0.97, 1, 0.99, 0.7];

describe("heardTokens", () => {
  it("ends where one improbable token follows another, after a clear beginning", () => {
    expect(heardTokens([...clear, 0.2, 0.12, 0.06, 0.09, 0.27, 0.18])).toBe(clear.length);
    expect(heardTokens([...clear, 0.19, 0.1, 0.57, 0.43, 0.3, 0.41, 0.16, 0.13, 0.37])).toBe(clear.length);
  });

  it("keeps an unclear word in the middle, and one at the end", () => {
    const middle = [...clear, 0.2, 0.3, 0.9, 0.95, 0.99];
    expect(heardTokens(middle)).toBe(middle.length);
    expect(heardTokens([...clear, 0.3, 0.2])).toBe(clear.length + 2);
  });

  it("keeps all of speech that was unclear from the start, and all of short speech", () => {
    const mumbled = [0.2, 0.3, 0.5, 0.4, 0.3, 0.6, 0.2, 0.3, 0.2, 0.1, 0.2, 0.1, 0.2];
    expect(heardTokens(mumbled)).toBe(mumbled.length);
    expect(heardTokens([0.9, 0.2, 0.1, 0.1, 0.1])).toBe(5);
    expect(heardTokens([])).toBe(0);
  });
});
